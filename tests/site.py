"""The whole site as processes - web, media worker, speech worker - over the tests' database."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from transcriptions.models import WorkerProcess

START_SECONDS = 60


@contextmanager
def running(surroundings: dict[str, str], log_file: Path) -> Iterator[str]:
    """Its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    database = connection.settings_dict
    environment = {
        **os.environ,
        "SITE_URL": f"http://localhost:{port}",
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
        **surroundings,
    }
    uvicorn = ["-m", "uvicorn", "transcribe_site.asgi:application", "--port", str(port), "--lifespan", "on"]
    commands = [
        [*uvicorn, "--timeout-graceful-shutdown", "1"],
        ["manage.py", "worker", "media"],
        ["manage.py", "worker", "speech"],
    ]
    with log_file.open("wb") as log:
        processes = [
            subprocess.Popen([sys.executable, *command], cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log)
            for command in commands
        ]
        try:
            _wait_until_ready(port)
            connection.close()
            yield f"http://localhost:{port}"
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                process.wait(30)


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while WorkerProcess.objects.count() < len(WorkerProcess.Kind.values) or not _answers(port):
        assert time.monotonic() < deadline, "the site did not start"
        time.sleep(0.1)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False
