"""A locked room for one child process: limits, no network where the host allows that, nothing inherited.

It knows nothing of media: see ffmpeg. For a child whose output is read as it comes, and that may be fed meanwhile; one
whose output is a file is `child`'s. Where a child that is let online goes is its caller's to watch. The limits and the
walls are Linux's; elsewhere a child runs without them.
"""

import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from math import ceil, inf
from pathlib import Path
from typing import Self

MEMORY_BYTES = 2 * 1024**3
LOG_BYTES = 1024**2  # what it may write to any file, its own stderr included
DESCRIPTORS = 64  # ffmpeg has the three standard ones, the file, and a few pipes and events of its own
TRIAL_SECONDS = 5
STARVING_SECONDS = 0.2  # between two looks for more to feed

Feed = Callable[[], bytes | None]  # what comes next; b"" at the end, None while there is nothing yet

# The first of each that works goes in front of every child's command; a later one is for hosts that allow less.
NETWORK_WALLS = (("unshare", "--net"), ("unshare", "--user", "--map-current-user", "--net"))
# Root without capabilities but that to read any file: it cannot go back into the host's network.
PRIVILEGE_WALLS = (
    ("setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all,+dac_read_search"),
    ("setpriv", "--no-new-privs"),
)


@dataclass(frozen=True)
class Limits:
    """In seconds: of the processor, without one byte though there is something to eat, and from the first to the last.
    file_bytes: what it may write to any file, its own stderr included; None is LOG_BYTES."""

    cpu_seconds: int
    stall_seconds: float
    wall_seconds: float = inf
    file_bytes: int | None = None


@dataclass(frozen=True)
class Walls:
    """What stands in front of a child's command. An empty one: this host does not allow it."""

    network: tuple[str, ...] = ()
    privileges: tuple[str, ...] = ()


@cache
def walls() -> Walls:
    """Found out by trying, once a process."""
    if sys.platform != "linux":
        return Walls()
    network = _first_that_works(NETWORK_WALLS, ())
    return Walls(network, _first_that_works(PRIVILEGE_WALLS, network))


@cache
def walls_without_that_of_the_network() -> Walls:
    """For a child that has to go online. Tried apart: what may be dropped inside a namespace may not be outside."""
    return Walls((), _first_that_works(PRIVILEGE_WALLS, ())) if sys.platform == "linux" else Walls()


def _first_that_works(candidates: tuple[tuple[str, ...], ...], before: tuple[str, ...]) -> tuple[str, ...]:
    nothing = shutil.which("true")
    for name, *arguments in candidates:
        program = shutil.which(name)
        if program and nothing and _works([*before, program, *arguments, nothing]):
            return (program, *arguments)
    return ()


def _works(command: list[str]) -> bool:
    devnull = subprocess.DEVNULL
    try:
        tried = subprocess.run(
            command, stdin=devnull, stdout=devnull, stderr=devnull, env={}, check=False, timeout=TRIAL_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0


class Room:
    """A child in the room; it is gone when the block ends, however it ends. online: without the network's wall."""

    def __init__(
        self,
        command: list[str],
        limits: Limits,
        feed: Feed | None = None,
        *,
        folder: Path = Path("/"),
        environment: Mapping[str, str] | None = None,
        online: bool = False,
    ) -> None:
        self._command = command
        self._limits = limits
        self._feed = feed
        self._folder = folder
        self._environment = dict(environment or {})
        self._online = online
        self._mouthful = b""

    def __enter__(self) -> Self:
        wall = walls_without_that_of_the_network() if self._online else walls()
        self._said = tempfile.TemporaryFile()
        self._read_of_said = 0
        self._deadline = time.monotonic() + self._limits.wall_seconds
        try:
            self._child = subprocess.Popen(
                [*wall.network, *wall.privileges, *self._command],
                stdin=subprocess.PIPE if self._feed else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self._said,
                bufsize=0,
                env=self._environment,
                cwd=self._folder,
                close_fds=True,
                restore_signals=False,  # SIGXFSZ stays ignored: a log at its limit is cut, not its writer killed
            )
        except BaseException:
            self._said.close()
            raise
        self._limit()
        if self._child.stdin:
            os.set_blocking(self._child.stdin.fileno(), False)
        return self

    def __exit__(self, *exception: object) -> None:
        self._child.kill()
        self._stop_feeding()
        if self._child.stdout:
            self._child.stdout.close()
        self._child.wait()
        self._said.close()

    def read(self, size: int) -> bytes:
        """As many bytes as asked for, fewer only at the end. Raises TimeoutError, and whatever the feed does."""
        piece = bytearray()
        if not self._child.stdout:
            return b""
        while len(piece) < size:
            self._wait_for_output()
            more = self._child.stdout.read(size - len(piece))
            if not more:
                break
            piece += more
        return bytes(piece)

    def _wait_for_output(self) -> None:
        last = time.monotonic()
        while True:
            starving = not self._fill_mouth()
            if starving:
                last = time.monotonic()
            patience = min(last + self._limits.stall_seconds, self._deadline) - time.monotonic()
            ready = self._poll(STARVING_SECONDS if starving else patience)
            if self._child.stdout in ready:
                return
            if self._child.stdin in ready:
                self._give()
                last = time.monotonic()
            elif not starving:
                raise TimeoutError(f"nothing more within {patience:.1f} s")

    def _poll(self, seconds: float) -> list[object]:
        """Its ends that are ready: to be read, and to be fed if there is something."""
        watched = select.poll()  # select.select takes no descriptor above 1023
        ends = {end.fileno(): end for end in (self._child.stdout, self._child.stdin) if end and not end.closed}
        for number, end in ends.items():
            if end is self._child.stdout:
                watched.register(number, select.POLLIN)
            elif self._mouthful:
                watched.register(number, select.POLLOUT)
        return [ends[number] for number, _ in watched.poll(max(0, ceil(seconds * 1000)))]

    def _fill_mouth(self) -> bool:
        """False while there is nothing yet to feed."""
        if self._mouthful or not self._feed:
            return True
        more = self._feed()
        if more is None:
            return False
        self._mouthful = more
        if not more:
            self._stop_feeding()
        return True

    def _give(self) -> None:
        if self._child.stdin:
            try:
                self._mouthful = self._mouthful[os.write(self._child.stdin.fileno(), self._mouthful) :]
            except BlockingIOError:
                return
            except BrokenPipeError:  # it has had enough
                self._stop_feeding()

    def _stop_feeding(self) -> None:
        self._feed, self._mouthful = None, b""
        if self._child.stdin:
            with suppress(BrokenPipeError):
                self._child.stdin.close()

    def wait(self) -> int:
        """How it ended, the number of a signal negative. Raises TimeoutError, also when it used up the processor."""
        pause, last = 0.0005, min(self._deadline, time.monotonic() + self._limits.stall_seconds)
        while True:
            ended, status, usage = os.wait4(self._child.pid, os.WNOHANG)
            if ended:
                break
            if time.monotonic() > last:
                raise TimeoutError("it does not end")
            time.sleep(pause)
            pause = min(pause * 2, 0.05)
        self._child.returncode = code = os.waitstatus_to_exitcode(status)
        # The kernel kills at the limit as anybody could; only the time used tells them apart.
        if code == -signal.SIGKILL and usage.ru_utime + usage.ru_stime > self._limits.cpu_seconds - 0.5:
            raise TimeoutError(f"used up {self._limits.cpu_seconds} s of the processor")
        return code

    def news(self) -> list[str]:
        """The whole lines on stderr since it was last asked."""
        # Its place in the file is the child's own, too: only pread leaves that alone.
        fresh = os.pread(self._said.fileno(), LOG_BYTES, self._read_of_said)
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._read_of_said += len(whole)
        return whole.decode(errors="replace").splitlines()

    def said(self, size: int) -> str:
        """The end of stderr."""
        descriptor = self._said.fileno()
        start = max(0, os.fstat(descriptor).st_size - size)
        return os.pread(descriptor, size, start).decode(errors="replace").strip()

    def _limit(self) -> None:
        restrict(
            self._child.pid,
            {
                resource.RLIMIT_AS: MEMORY_BYTES,
                resource.RLIMIT_FSIZE: LOG_BYTES if self._limits.file_bytes is None else self._limits.file_bytes,
                resource.RLIMIT_NOFILE: DESCRIPTORS,
                resource.RLIMIT_CPU: self._limits.cpu_seconds,
            },
        )


def restrict(pid: int, limits: Mapping[int, int]) -> None:
    """Limits of the resource module, never above those the host has set already. No child leaves a core dump."""
    if not hasattr(resource, "prlimit"):
        return
    for limit, value in {**limits, resource.RLIMIT_CORE: 0}.items():
        _, most = resource.prlimit(pid, limit)
        allowed = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.prlimit(pid, limit, (allowed, allowed))
