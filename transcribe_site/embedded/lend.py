"""Lend the services to a command: use what runs, else start it, and let the last user stop it.

Two lock files decide. `start.lock` is held while anything is started or stopped. `users.lock` is shared by everybody
who needs the services; whoever can take it alone at the end was the last. A killed process holds no lock.
"""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from transcribe_site.embedded.places import data_dir
from transcribe_site.embedded.postgres import postgres
from transcribe_site.embedded.service import Service, ServiceError
from transcribe_site.embedded.valkey import valkey


def needed(data: Path) -> list[Service]:
    """The services that no DATABASE_URL or REDIS_URL replaces."""
    builders = {"DATABASE_URL": postgres, "REDIS_URL": valkey}
    return [build(data) for name, build in builders.items() if not _given(name)]


def _given(name: str) -> bool:
    return bool(os.environ.get(name, "").strip() or os.environ.get(f"{name}_FILE"))


@contextmanager
def services() -> Iterator[None]:
    """Within it, every needed service answers. Raises ServiceError with a sentence."""
    data = data_dir()
    if _given("DATABASE_URL") and _given("REDIS_URL"):
        yield
        return
    try:
        for name in ("run", "logs"):
            (data / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServiceError(f"The data folder {data} cannot be used ({error.strerror}).") from None
    with (data / "run" / "users.lock").open("w") as users:
        started: list[subprocess.Popen[bytes]] = []
        try:
            with locked(data):
                fcntl.flock(users, fcntl.LOCK_SH)
                for service in needed(data):
                    if not service.answers():
                        service.stop()  # one that hangs or still shuts down
                        started.append(service.start(data / "logs" / f"{service.name}.log"))
            yield
        finally:
            with locked(data):
                if take_alone(users):
                    for service in reversed(needed(data)):
                        service.stop()
                    for process in started:
                        process.wait()


@contextmanager
def locked(data: Path) -> Iterator[None]:
    with (data / "run" / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def take_alone(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
