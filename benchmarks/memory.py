"""The most memory that processes have had, by Linux's VmHWM: unlike ru_maxrss, it forgets what was before exec."""

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


def own_peak() -> int:
    """Of this process, in bytes."""
    return _peak("self") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


def programs_peak(pid: int) -> int:
    """Of the programs that a process has started and that run now, together, in bytes; 0 where there is no /proc."""
    return sum(_peak(child) for child in _programs(str(pid)))


def _peak(process: str) -> int:
    for line in _read(Path("/proc", process, "status")).splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _programs(process: str) -> Iterator[str]:
    """Those below it. A child that is not yet a program of its own has its parent's memory, and is left out."""
    own = _read(Path("/proc", process, "cmdline"))
    for thread in _threads(process):
        for child in _read(thread / "children").split():
            if _read(Path("/proc", child, "cmdline")) != own:
                yield child
                yield from _programs(child)


def _threads(process: str) -> list[Path]:
    """None when the process has ended meanwhile."""
    try:
        return list(Path("/proc", process, "task").iterdir())
    except OSError:
        return []


def _read(path: Path) -> str:
    """Empty when the process has ended meanwhile."""
    try:
        return path.read_text()
    except OSError:
        return ""
