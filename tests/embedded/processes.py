"""Processes that use one data folder, seen from outside: started, asked, killed, counted."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

SECONDS = 60
GONE_SECONDS = 15
BORROW = """
import sys
from transcribe_site import embedded
with embedded.services():
    print("up", flush=True)
    sys.stdin.read()
"""


def environment(data: Path, **changes: str) -> dict[str, str]:
    """As on a machine where nothing is given: no database, no Redis, no secret."""
    kept = {name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "SITE_URL", "SIGNUP_OPEN"}}
    model = {"WHISPER_MODEL": "tiny.en", "WHISPER_MODEL_DIR": str(settings.WHISPER_MODEL_DIR)}
    return {**kept, "DATABASE_URL": "", "REDIS_URL": "", **model, "DATA_DIR": str(data), **changes}


def start(data: Path, *words: str, **changes: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *words],
        env=environment(data, **changes),
        cwd=settings.BASE_DIR,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@contextmanager
def command(data: Path, **changes: str) -> Iterator[subprocess.Popen[str]]:
    """A command that needs the services for a while."""
    with started(start(data, "-c", BORROW, **changes)) as process:
        yield process


@contextmanager
def started(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    with process:
        try:
            yield process
        finally:
            process.kill()


def is_up(process: subprocess.Popen[str]) -> bool:
    """Wait until it says so."""
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline() == "up\n", process.stderr.read()
    return True


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Let it go: its status and what it complained of."""
    _, complaints = process.communicate(timeout=SECONDS)
    return process.returncode, complaints


def alive(data: Path) -> list[str]:
    """The command lines of processes with this data folder in their command line or environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words, given = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:  # it has just ended
            continue
        if words and int(folder.name) != os.getpid() and str(data).encode() in words + given:
            found.append(words.replace(b"\0", b" ").decode(errors="replace"))
    return found


def until(happened: Callable[[], bool], seconds: float = GONE_SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def postgres_pid(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split()[0])


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
