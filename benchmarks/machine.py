"""What was measured with and on: the machine, the versions, the day. Names no person, host or folder."""

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.values import Job
from transcriptions.engine.options import ENGINE_VERSION

PACKAGES = ("ctranslate2", "faster-whisper", "onnxruntime")


def facts(job: Job, repeat: int) -> dict[str, str]:
    """By what a table may call it, in the order of a table."""
    found = {
        "date": datetime.now(UTC).date().isoformat(),
        "model": job.model,
        "device": job.device,
        "compute type": job.compute_type,
        "repeats": str(repeat),
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "load average at the start": _load_average(),
        "graphics card": _graphics_card() if job.device != "cpu" else "",
        "system": f"{platform.system()} {platform.machine()}",
        "engine version": str(ENGINE_VERSION),
        "python": platform.python_version(),
        **{name: _version(name) for name in PACKAGES},
        "ffmpeg": _said(job.programs["ffmpeg"], "-version"),
        "whisper-ctranslate2": _said(job.programs.get("whisper-ctranslate2", ""), "--version"),
    }
    return {name: fact for name, fact in found.items() if fact}


def _processor() -> str:
    return _first(r"^model name\s*: (.+)$", _read(Path("/proc/cpuinfo"))) or platform.processor() or "unknown"


def _load_average() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _graphics_card() -> str:
    cards = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    return ", ".join(filter(None, (_first(r"^Model:\s*(.+)$", _read(card)) for card in cards)))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _said(program: str, option: str) -> str:
    """What comes after the program's name, and "version" if it says that."""
    if not program:
        return ""
    said = subprocess.run([program, option], capture_output=True, text=True, check=True).stdout
    return _first(r"^\S+ (?:version )?(\S+)", said)


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1].strip() if found else ""


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""
