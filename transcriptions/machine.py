"""Memory and GPUs of this host, and what this process takes of them. Linux's files and NVIDIA's program tell."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MEMINFO, STATM = Path("/proc/meminfo"), Path("/proc/self/statm")
GROUP = Path("/sys/fs/cgroup")  # of a container: it may have less than its host
ASKED = "index,name,memory.total,memory.used,utilization.gpu"
GPU_SECONDS = 5
MEBIBYTE = 1024**2


@dataclass(frozen=True)
class Gpu:
    index: int
    name: str
    total_bytes: int
    used_bytes: int
    busy: float  # 0 to 1


@dataclass(frozen=True)
class Memory:
    total_bytes: int
    free_bytes: int


class Unknown(Exception):  # noqa: N818 - a verdict
    """The system does not tell."""


def memory() -> Memory:
    """What there is and what can still be had. Raises Unknown."""
    try:
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
        total, free = (int(lines[name].split()[0]) * 1024 for name in ("MemTotal", "MemAvailable"))
    except (OSError, KeyError, ValueError) as error:
        raise Unknown from error
    try:
        most, used = (int((GROUP / name).read_text()) for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):  # no container, or one without a limit
        return Memory(total, free)
    return Memory(min(total, most), min(free, most - used))


def resident_bytes() -> int:
    """Memory of this process; 0 where the system does not tell."""
    try:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except FileNotFoundError:
        return 0


def gpus() -> list[Gpu]:
    """None on a host without NVIDIA's program, or whose driver does not answer."""
    program = shutil.which("nvidia-smi")
    if not program:
        return []
    command = [program, f"--query-gpu={ASKED}", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=GPU_SECONDS).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return [_gpu(line) for line in said.splitlines() if line.strip()]


def _gpu(line: str) -> Gpu:
    index, name, total, used, busy = (word.strip() for word in line.split(","))
    known = [int(word) if word.isdigit() else 0 for word in (total, used, busy)]  # "[N/A]" where it does not measure
    return Gpu(int(index), name, known[0] * MEBIBYTE, known[1] * MEBIBYTE, known[2] / 100)
