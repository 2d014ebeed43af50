"""The systems that are compared, by name. What one needs is imported only when it is loaded, in its own process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from benchmarks.values import BenchmarkError, Job, Recording, Spent

BASELINE = "faster-whisper"
NOBODY = "nothing"


@dataclass
class Hearing:
    """`texts` may be read once; the rest fills in while it is."""

    texts: Iterator[str]
    windows: int = 0
    again: dict[str, int] = field(default_factory=dict)


class System(Protocol):
    """With its model loaded. at_once: how many recordings it may be given at the same time.

    overhead: what every recording costs besides being recognised, and is to be taken off.
    """

    at_once: int
    overhead: Spent

    def hear(self, recording: Recording) -> Hearing: ...


@dataclass(frozen=True)
class Entry:
    """label: how it stands in a table. against: what one names to compare this engine with it, "" for this engine.

    is_program: it runs in a process of its own, of which nothing is known but its output, and takes no sets.
    """

    label: str
    module: str
    against: str = ""
    is_program: bool = False
    options: dict[str, Any] = field(default_factory=dict)


def _engine(label: str, **options: Any) -> Entry:
    return Entry(f"this engine, {label}", "engine", options=options)


def _faster_whisper(label: str, **options: Any) -> Entry:
    return Entry(f"faster-whisper, {label}", "faster_whisper", against=BASELINE, options=options)


SYSTEMS: dict[str, Entry] = {
    "fast": _engine("fast", preset="fast"),
    "balanced": _engine("balanced", preset="balanced"),
    "balanced-detected": _engine("balanced, language detected", preset="balanced", detect=True),
    "accurate": _engine("accurate", preset="accurate"),
    BASELINE: _faster_whisper("beam 5", beam_size=5),
    "faster-whisper-vad": _faster_whisper("beam 5, VAD filter", beam_size=5, vad_filter=True),
    "faster-whisper-batched": _faster_whisper("batched by 8", batch_size=8, beam_size=5, without_timestamps=True),
    "faster-whisper-batched-timestamps": _faster_whisper(
        "batched by 8, with timestamps", batch_size=8, beam_size=5, without_timestamps=False
    ),
    "whisper-ctranslate2": Entry(
        "whisper-ctranslate2, the command", "whisper_ctranslate2", against=BASELINE, is_program=True
    ),
}
AGAINST = (BASELINE, NOBODY)
PROGRAMS = ("ffmpeg", "ffprobe", *(name for name, entry in SYSTEMS.items() if entry.is_program))


def chosen(names: Sequence[str], against: str) -> list[str]:
    """Systems in the table's order: those named, or else this engine and those to compare it with."""
    if unknown := [name for name in names if name not in SYSTEMS]:
        raise BenchmarkError(f"There is no system {unknown[0]!r}; there are {', '.join(SYSTEMS)}.")
    return [name for name, entry in SYSTEMS.items() if (name in names if names else entry.against in {"", against})]


def load(job: Job) -> System:
    entry = SYSTEMS[job.system]
    system: System = import_module(f"benchmarks.systems.{entry.module}").load(job, **entry.options)
    return system
