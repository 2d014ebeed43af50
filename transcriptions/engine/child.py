"""Runs one program to its end: an argument list, no input, limits, and what it said, bounded.

It runs between the walls of the locked room. Knows nothing of media. For a program whose output is a file; one whose
output is read as it comes is `room`'s.
"""

import errno
import os
import resource
import selectors
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from transcriptions.engine.room import restrict, walls

SAID_BYTES = 8192
LINE_BYTES = 65_536
LOOK_SECONDS = 0.5
NICENESS = 10  # recognition on the same cores goes first, and the program still moves


class TooSlow(Exception):  # noqa: N818 - a verdict, not a defect
    """The program was ended because its time was up; the text says which."""


@dataclass(frozen=True)
class Limits:
    """seconds: from start to end. stall_seconds: between two steps forward. file_bytes: of any file it writes; beyond
    it, it is ended by SIGXFSZ. memory_bytes: of address space; None is no limit. The last two hold on Linux only."""

    seconds: float
    stall_seconds: float
    file_bytes: int
    memory_bytes: int | None


@dataclass(frozen=True)
class Ended:
    """status: as exit gave it, negative for a signal. said: the end of its standard error."""

    status: int
    said: str


def run(
    command: Sequence[str],
    limits: Limits,
    heard: Callable[[str], bool],
    *,
    folder: Path = Path("/"),
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Give each line of its standard output to `heard`, which says whether that was a step forward. Without
    `environment` it has none. The program is gone when this returns or raises. Raises TooSlow, FileNotFoundError where
    there is no such program, and what `heard` raises.
    """
    if not shutil.which(command[0]):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command[0])
    with subprocess.Popen(
        _between_walls(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=dict(environment or {}),
        cwd=folder,
    ) as child:
        try:
            _limit(child.pid, limits)
            return _listen(child, limits, heard)
        finally:
            child.kill()


def _between_walls(command: Sequence[str]) -> list[str]:
    """A worker that is killed leaves no encoder running for hours (Linux)."""
    setpriv = shutil.which("setpriv", path="/usr/bin:/bin")
    dying_with_us = [setpriv, "--pdeathsig=KILL", "--"] if setpriv else []
    return [*walls().network, *walls().privileges, *dying_with_us, *command]


def _limit(pid: int, limits: Limits) -> None:
    values = {resource.RLIMIT_FSIZE: limits.file_bytes}
    if limits.memory_bytes is not None:
        values[resource.RLIMIT_AS] = limits.memory_bytes
    restrict(pid, values)
    os.setpriority(os.PRIO_PROCESS, pid, NICENESS)


def _listen(child: subprocess.Popen[bytes], limits: Limits, heard: Callable[[str], bool]) -> Ended:
    began = moved = time.monotonic()
    said = rest = b""
    with selectors.DefaultSelector() as open_pipes:
        for pipe in filter(None, (child.stdout, child.stderr)):
            open_pipes.register(pipe, selectors.EVENT_READ)
        while open_pipes.get_map():
            wait = min(LOOK_SECONDS, _left(began, limits.seconds), _left(moved, limits.stall_seconds))
            for key, _ in open_pipes.select(wait):
                piece = os.read(key.fd, LINE_BYTES)
                if not piece:
                    open_pipes.unregister(key.fileobj)
                elif key.fileobj is child.stderr:
                    said = (said + piece)[-SAID_BYTES:]
                else:
                    *lines, rest = (rest + piece).split(b"\n")
                    rest = rest[-LINE_BYTES:]
                    steps = [heard(line.decode(errors="replace").rstrip()) for line in lines]
                    if any(steps):
                        moved = time.monotonic()
    try:
        status = child.wait(_left(began, limits.seconds))
    except subprocess.TimeoutExpired:
        raise TooSlow(f"it has not ended after {limits.seconds:g} s") from None
    return Ended(status, said.decode(errors="replace").strip())


def _left(since: float, seconds: float) -> float:
    left = since + seconds - time.monotonic()
    if left <= 0:
        raise TooSlow(f"no answer in {seconds:g} s")
    return left
