"""`make run`: everything on one machine under one supervisor.

Starts the embedded services, migrates, makes the first account, starts web and workers, waits until all of them are
ready and prints the address. SIGINT and SIGTERM stop everything in order. The supervisor is supervisord; this module
only writes its configuration and waits.
"""

import fcntl
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import IO

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from transcribe_site import embedded
from transcribe_site.embedded.lend import locked, take_alone

BASE_DIR = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
READY_SECONDS = 180
STOP_SECONDS = {"web": 8, "media": 20, "speech": 20, "valkey": 20, "postgres": 40}


class LaunchError(Exception):
    """A sentence about why it cannot start here."""


class Stopped(Exception):  # noqa: N818 - a signal, not an error
    """Somebody asked it to stop."""


def main() -> None:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    data = embedded.data_dir()
    try:
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)
        _check_address(host, port)
        _make_folders(data)
        with (data / "run" / "users.lock").open("w") as users:
            _launch(data, host, port, users)
    except (LaunchError, embedded.ServiceError, ImproperlyConfigured) as error:
        sys.exit(str(error))
    except Stopped:
        say("Stopped.")


def _launch(data: Path, host: str, port: str, users: IO[str]) -> None:
    embedded.keep_secret_key(data)
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::1", "::"} else host  # noqa: S104 - compared, not bound
    os.environ.setdefault("SITE_URL", f"http://{shown}:{port}")
    if host not in {"127.0.0.1", "::1", "localhost"}:
        os.environ.setdefault("SIGNUP_OPEN", "false")  # whatever SITE_URL says, others can reach it
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "transcribe_site.settings")
    django.setup()  # a wrong setting is told before anything starts
    with locked(data):
        if not take_alone(users):
            raise LaunchError(f"Another `make run` or manage.py command is using {data}. Wait for it or stop it.")
        services = embedded.needed(data)
        for service in services:
            service.stop()  # left behind by something that was killed
        fcntl.flock(users, fcntl.LOCK_SH)
        config = _write_config(data, services, host, port)
        supervisor = subprocess.Popen(
            _dying_with_parent([str(BIN / "supervisord"), "-n", "-c", str(config)], signal.SIGTERM),
            start_new_session=True,  # Ctrl-C is for us; we stop it in order
            stdin=subprocess.DEVNULL,
        )
        try:
            for service in services:
                service.wait(lambda: supervisor.poll() is None, data / "logs" / f"{service.name}.log")
        except BaseException:
            _shut_down(supervisor)
            raise
    try:
        _prepare_database()
        since = datetime.now(UTC)
        _run([str(BIN / "supervisorctl"), "-c", str(config), "start", "app:*"], "The web or a worker does not start.")
        _wait_until_ready(supervisor, host, port, since, data)
        say(f"Transcribe Site is ready: {os.environ['SITE_URL']}")
        raise LaunchError(f"The supervisor ended by itself (status {supervisor.wait()}); see {data / 'logs'}.")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _shut_down(supervisor)


# --- Before anything starts -----------------------------------------------------------------------------------------
def _check_address(host: str, port: str) -> None:
    if not (port.isascii() and port.isdecimal()) or not 0 < int(port) < 65536:  # noqa: PLR2004
        raise LaunchError(f"PORT is a number from 1 to 65535, not {port!r}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            hint = f"make run PORT={int(port) + 1}"
            raise LaunchError(
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another: {hint}"
            ) from None


def _make_folders(data: Path) -> None:
    try:
        (data / "run").mkdir(parents=True, exist_ok=True)
        for name in ("logs", "mail", "storage", "tmp", "uploads"):
            embedded.private_folder(data / name)
    except OSError as error:
        hint = "make run DATA_DIR=/some/folder"
        raise LaunchError(f"The data folder {data} cannot be used ({error.strerror}). Choose another: {hint}") from None


# --- The supervisor -------------------------------------------------------------------------------------------------
def _write_config(data: Path, services: list[embedded.Service], host: str, port: str) -> Path:
    python, manage = str(BIN / "python"), str(BASE_DIR / "manage.py")
    uvicorn = ["-m", "uvicorn", "transcribe_site.asgi:application", "--host", host, "--port", port, "--lifespan", "on"]
    quick = ["--timeout-graceful-shutdown", "3", "--no-server-header", "--log-level", "warning"]
    app = {
        "web": [python, *uvicorn, *quick],
        "media": [python, manage, "worker", "media"],
        "speech": [python, manage, "worker", "speech"],
    }
    control = embedded.private_folder(embedded.socket_folder(data, "supervisor"))
    for left_behind in control.glob("*.sock"):
        left_behind.unlink()
    # Named for this process: the supervisor of one that was killed removes its socket by name when it ends.
    control_socket = control / f"{os.getpid()}.sock"
    sections: list[tuple[str, dict[str, object]]] = [
        ("supervisord", _supervisord(data)),
        ("unix_http_server", {"file": control_socket, "chmod": "0700"}),
        ("supervisorctl", {"serverurl": f"unix://{control_socket}"}),
        (
            "rpcinterface:supervisor",
            {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        ),
        *((f"program:{s.name}", _program(data, s.name, s.command, i, s.stop_signal)) for i, s in enumerate(services)),
        *(
            (f"program:{name}", {**_program(data, name, command, 10, signal.SIGTERM), "autostart": "false"})
            for name, command in app.items()
        ),
        ("group:app", {"programs": ",".join(app), "priority": "999"}),
    ]
    text = "".join(
        f"[{name}]\n" + "".join(f"{key}={str(value).replace('%', '%%')}\n" for key, value in options.items()) + "\n"
        for name, options in sections
    )
    config = data / "run" / "supervisord.conf"
    config.write_text(text)
    return config


def _supervisord(data: Path) -> dict[str, object]:
    options: dict[str, object] = {
        "logfile": data / "logs" / "supervisord.log",
        "logfile_maxbytes": "1MB",
        "pidfile": data / "run" / "supervisord.pid",
        "directory": BASE_DIR,
        "silent": "true",
        "umask": "077",
    }
    return options | ({"user": "root"} if os.geteuid() == 0 else {})


def _program(data: Path, name: str, command: list[str], priority: int, stop: signal.Signals) -> dict[str, object]:
    environment = {"DATABASE_URL": embedded.database_url(data), "REDIS_URL": embedded.redis_url(data)}
    missing = {key: value for key, value in environment.items() if not os.environ.get(key)}
    quoted = ",".join(f'{key}="{value}"' for key, value in missing.items())
    return {
        "command": shlex.join(_dying_with_parent(command, stop)),
        "environment": quoted,
        "priority": priority,
        "stopsignal": stop.name.removeprefix("SIG"),
        "stopwaitsecs": STOP_SECONDS[name],
        "killasgroup": "true",
        "startsecs": 1,
        "startretries": 1000,  # a service that comes back after a minute finds its programs still trying
        "autorestart": "true",
        "redirect_stderr": "true",
        "stdout_logfile": data / "logs" / f"{name}.log",
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": 3,
    }


def _dying_with_parent(command: list[str], number: signal.Signals) -> list[str]:
    """The command, sent a signal by the kernel when its parent is killed, so that nothing outlives it (Linux)."""
    setpriv = shutil.which("setpriv", path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin")
    if not setpriv:
        return command
    dying = [setpriv, f"--pdeathsig={number.name.removeprefix('SIG')}"]
    # A change of user forgets the signal, so one setpriv does both.
    return [*dying, *command[1:]] if command[0] == setpriv else [*dying, "--", *command]


def _shut_down(supervisor: subprocess.Popen[bytes]) -> None:
    if supervisor.poll() is None:
        supervisor.terminate()
    try:
        supervisor.wait(timeout=sum(STOP_SECONDS.values()))
    except subprocess.TimeoutExpired:
        supervisor.kill()
        supervisor.wait()


# --- Between the services and the programs --------------------------------------------------------------------------
def _prepare_database() -> None:
    """Get the model, migrate, and make the first account when there is none."""
    from django.core.management import call_command  # noqa: PLC0415 - Django is ready by now

    from accounts.models import User  # noqa: PLC0415 - as above

    _fetch_model()
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise LaunchError(f"The database cannot be used: {' '.join(str(error).split())}") from None
    if not User.objects.exists():
        email, password = os.environ.get("FIRST_ACCOUNT_EMAIL") or "admin@localhost", secrets.token_urlsafe(12)
        User.objects.create_superuser(email=email, password=password)
        say(f"First account: {email}  password: {password}  (shown only this once)")


def _fetch_model() -> None:
    from django.conf import settings  # noqa: PLC0415 - Django is ready by now

    from transcriptions import configuration  # noqa: PLC0415 - as above
    from transcriptions.engine import model_store  # noqa: PLC0415 - as above

    name = configuration.model_name()
    if not model_store.find(name, settings.WHISPER_MODEL_DIR):
        try:
            model_store.fetch(name, settings.WHISPER_MODEL_DIR, say)
        except model_store.ModelError as error:
            raise LaunchError(f"The model {name} cannot be had: {error.detail}.") from None
        except OSError as error:
            raise LaunchError(f"The model folder cannot be written: {error}.") from None


def _wait_until_ready(supervisor: subprocess.Popen[bytes], host: str, port: str, since: datetime, data: Path) -> None:
    connectable = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)  # noqa: S104 - compared
    deadline = time.monotonic() + READY_SECONDS
    while not (_answers(f"http://{connectable}:{port}/healthz") and _workers_are_there(since)):
        if supervisor.poll() is not None or time.monotonic() > deadline:
            raise LaunchError(f"The web or a worker does not become ready; the logs in {data / 'logs'} say why.")
        time.sleep(0.1)


def _workers_are_there(since: datetime) -> bool:
    from transcriptions.models import WorkerProcess  # noqa: PLC0415 - Django is ready by now

    try:
        return WorkerProcess.all_kinds_since(since)
    except DatabaseError:
        connection.close()
        return False


def _answers(url: str) -> bool:
    request = urllib.request.Request(url, headers={"Host": "localhost"})  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=2) as response:  # noqa: S310 - as above
            return bool(response.status == 200)  # noqa: PLR2004
    except urllib.error.HTTPError as error:
        return error.code == 503  # noqa: PLR2004 - a full disk is no reason not to start
    except OSError:
        return False


def _run(command: list[str], sentence: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise LaunchError(f"{sentence} {(result.stdout or result.stderr).strip()}")


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
