"""How many cores this process may use: those it is bound to, and no more than its container's share of time."""

import os
from collections.abc import Callable, Iterator
from math import ceil
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")


def usable_cores() -> int:
    """At least one. A share of one core and a half is two: the half would lie idle otherwise."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    share = quota(_read(MEMBERSHIP), lambda name: _read(GROUPS / name))
    return bound if share is None else max(1, min(bound, ceil(share)))


def quota(membership: str, read: Callable[[str], str]) -> float | None:
    """The CPU time a container may use, in cores; None where nothing limits it.

    membership: what stands in /proc/self/cgroup. read: gives what stands in a file below /sys/fs/cgroup, by its name,
    and "" where there is none. Every group from the process's own up to the root can set a limit; the least counts.
    Source: Linux, Documentation/admin-guide/cgroup-v2.rst (cpu.max) and scheduler/sched-bwc.rst (version 1).
    """
    shares: list[float] = []
    for line in membership.splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        for group in _upwards(path):
            if not controllers:
                shares += _share(read(f"{group}cpu.max"))
            elif "cpu" in controllers.split(","):
                folder = f"cpu/{group}"  # whatever else is mounted with it, there is this link
                shares += _share(f"{read(f'{folder}cpu.cfs_quota_us')} {read(f'{folder}cpu.cfs_period_us')}")
    return min(shares, default=None)


def _upwards(path: str) -> Iterator[str]:
    """ "a/b/", "a/", "" of "/a/b"."""
    names = [name for name in path.split("/") if name not in {"", ".."}]
    for length in range(len(names), -1, -1):
        yield "".join(f"{name}/" for name in names[:length])


def _share(said: str) -> list[float]:
    """Of "150000 100000", microseconds in each period of so many; nothing of "max 100000" and "-1 100000"."""
    match said.split():
        case [quota_us, period_us] if quota_us.isdigit() and period_us.isdigit() and int(quota_us) and int(period_us):
            return [int(quota_us) / int(period_us)]
    return []


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
