"""A server run from its binary: is it there, start it, wait for it, stop it."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60  # crash recovery after a SIGKILL included
STOP_SECONDS = 30


class ServiceError(Exception):
    """A sentence about why an embedded service cannot run here."""


@dataclass(frozen=True)
class Service:
    """`command` runs it in the foreground, `stop_signal` ends it cleanly, `marker` stands in its command line."""

    name: str
    command: list[str]
    stop_signal: signal.Signals
    pid_file: Path
    marker: str
    answers: Callable[[], bool]

    def running_pid(self) -> int | None:
        """The pid of this folder's live server, whoever started it; a stale pid file gives None."""
        try:
            pid = int(self.pid_file.read_text().split()[0])
            os.kill(pid, 0)
            words = Path(f"/proc/{pid}/cmdline").read_bytes() if Path("/proc").is_dir() else self.marker.encode()
        except (OSError, ValueError, IndexError):
            return None
        return pid if self.marker.encode() in words else None

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start it detached from this terminal and return when it answers; whoever stops it reaps the process."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd="/"
            )
        # Reaped at once when it is killed: PostgreSQL takes a zombie for a live server and would not start again.
        threading.Thread(target=process.wait, name=f"reaps {self.name}", daemon=True).start()
        self.wait(lambda: process.poll() is None, log)
        return process

    def wait(self, alive: Callable[[], bool], log: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if not alive() or time.monotonic() > deadline:
                raise ServiceError(f"The embedded {self.name} does not start; the end of {log} says why.")
            time.sleep(0.02)

    def stop(self) -> None:
        pid = self.running_pid()
        if pid is None:
            return
        os.kill(pid, self.stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        while self.running_pid() == pid:  # an ended child of ours has no command line left
            if time.monotonic() > deadline:
                raise ServiceError(f"The embedded {self.name} (pid {pid}) does not stop.")
            time.sleep(0.02)
