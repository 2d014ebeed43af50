"""Which processes of this host run. One is told apart from a later one with the same number by when it started."""

import os
import re
import socket
from pathlib import Path

IDENTITY = re.compile(r"(.+):(\d+):(\d*)")  # host, number, start


def identity() -> str:
    """Of this process, among those of all hosts."""
    return f"{socket.gethostname()}:{os.getpid()}:{_start(os.getpid()) or ''}"


def is_of_this_host(identity: str) -> bool:
    parts = IDENTITY.fullmatch(identity)
    return parts is not None and parts[1] == socket.gethostname()


def is_gone(identity: str) -> bool:
    """Whether it was a process of this host that runs no more. Of another host nobody here can tell: False."""
    parts = IDENTITY.fullmatch(identity)
    if parts is None or parts[1] != socket.gethostname():
        return False
    start = _start(int(parts[2]))
    return start is None or ("" not in {start, parts[3]} and start != parts[3])


def is_alive(number: int) -> bool:
    """Whether a process of this host has that number now."""
    return _start(number) is not None


def _start(number: int) -> str | None:
    """In ticks of the kernel since it started itself; "" where the system does not tell, None when it is gone."""
    try:
        state, *fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "" if _takes_signals(number) else None
    return None if state in "ZX" else fields[18]  # the 22nd of proc(5); a zombie only waits for its parent


def _takes_signals(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
