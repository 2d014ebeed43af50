"""What is measured, what it is asked and what comes out, and all of it as JSON. Does not measure."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from transcriptions.engine.device import Device

Kind = Literal["file", "set", "hour", "no words"]
RAW_VERSION = 1


class BenchmarkError(Exception):
    """A sentence for the person who measures."""


@dataclass(frozen=True)
class Recording:
    """language: as Whisper names it, "" where several are spoken. text: what is said, None where nobody knows."""

    name: str
    path: Path
    language: str
    seconds: float
    text: str | None = None


@dataclass(frozen=True)
class Item:
    """What one process is given: a file, or a set of clips that it may take together."""

    name: str
    kind: Kind
    recordings: tuple[Recording, ...]

    @property
    def seconds(self) -> float:
        return sum(recording.seconds for recording in self.recordings)


@dataclass(frozen=True)
class Plan:
    """What was asked for.

    data: folder of recordings. out: where benchmarks.md is, or will be. raw: file for the raw results. files and
    systems: names, empty for the usual ones. folder: the model's. programs: paths by name. hour: also sixty minutes.
    """

    data: Path
    out: Path
    raw: Path
    model: str
    folder: Path
    device: Device
    programs: dict[str, str]
    files: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    against: str = "faster-whisper"
    repeat: int = 1
    hour: bool = False


@dataclass(frozen=True)
class Job:
    """All that a measuring process is told.

    system: a key of benchmarks.systems.SYSTEMS. folder: the model's. programs: paths of ffmpeg and others by name.
    warm_up: heard once before the clocks start. timed: also find out where the time goes.
    """

    system: str
    model: str
    folder: Path
    device: str
    compute_type: str
    device_index: int
    programs: dict[str, str]
    recordings: tuple[Recording, ...]
    warm_up: Recording
    timed: bool = False

    def dumps(self) -> str:
        return json.dumps(asdict(self), default=str)

    @classmethod
    def loads(cls, text: str) -> "Job":
        told = json.loads(text)
        told |= {"folder": Path(told["folder"]), "warm_up": _recording(told["warm_up"])}
        return cls(**{**told, "recordings": tuple(map(_recording, told["recordings"]))})


@dataclass(frozen=True)
class Spent:
    """Seconds of all processors together, of programs that have ended included, and by the clock on the wall."""

    cpu: float = 0.0
    wall: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.cpu + other.cpu, self.wall + other.wall)

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.cpu - other.cpu, self.wall - other.wall)


@dataclass(frozen=True)
class Outcome:
    """What a measuring process found.

    spent: for recognising, the model being loaded. first_seconds: until the first text, None where there was none.
    peak_bytes: the most memory of the process, program_bytes of the programs it ran. texts: one a recording. windows
    and again: how many this engine decoded, and again by reason. parts: where the time went, if that was asked.
    """

    load_seconds: float
    spent: Spent
    first_seconds: float | None
    peak_bytes: int
    texts: tuple[str, ...]
    program_bytes: int = 0
    windows: int = 0
    again: dict[str, int] = field(default_factory=dict)
    parts: dict[str, Spent] = field(default_factory=dict)

    @classmethod
    def of(cls, found: dict[str, Any]) -> "Outcome":
        parts = {name: Spent(**spent) for name, spent in found["parts"].items()}
        return cls(**{**found, "spent": Spent(**found["spent"]), "texts": tuple(found["texts"]), "parts": parts})


@dataclass(frozen=True)
class Score:
    """Errors against a reference of `count` words, or characters where words are not written apart."""

    substitutions: int
    deletions: int
    insertions: int
    count: int

    @property
    def rate(self) -> float:
        return (self.substitutions + self.deletions + self.insertions) / self.count if self.count else 0.0

    def __add__(self, other: "Score") -> "Score":
        mine, others = asdict(self), asdict(other)
        return Score(**{name: mine[name] + others[name] for name in mine})


@dataclass(frozen=True)
class Run:
    """One system on one item, once. No outcome: it failed."""

    item: str
    system: str
    repeat: int
    outcome: Outcome | None
    score: Score | None = None
    words: int = 0

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Run":
        outcome = Outcome.of(told["outcome"]) if told["outcome"] else None
        score = Score(**told["score"]) if told["score"] else None
        return cls(**{**told, "outcome": outcome, "score": score})


@dataclass(frozen=True)
class ItemFacts:
    """What is told of an item: never where it is."""

    name: str
    kind: Kind
    seconds: float
    recordings: int
    languages: tuple[str, ...]

    @classmethod
    def about(cls, item: Item) -> "ItemFacts":
        languages = tuple(sorted({recording.language for recording in item.recordings}))
        return cls(item.name, item.kind, round(item.seconds, 2), len(item.recordings), languages)


@dataclass
class Results:
    """made: machine, versions, model and date. timings: runs that were watched to see where the time goes."""

    made: dict[str, str]
    items: list[ItemFacts] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    timings: list[Run] = field(default_factory=list)

    def of_kind(self, *kinds: Kind) -> list[ItemFacts]:
        return [item for item in self.items if item.kind in kinds]

    def save(self, path: Path) -> None:
        """Whole or not at all, so that it can be read while it is being made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.new")
        new.write_text(json.dumps({"version": RAW_VERSION, **asdict(self)}, ensure_ascii=False, indent=1))
        new.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Results":
        """Raises BenchmarkError when there is nothing that can be read."""
        if not path.is_file():
            raise BenchmarkError(f"There are no results in {path}: measure first.")
        told = json.loads(path.read_text())
        if told.pop("version", None) != RAW_VERSION:
            raise BenchmarkError(f"{path} was written by another version: measure again.")
        items = [ItemFacts(**{**item, "languages": tuple(item["languages"])}) for item in told["items"]]
        return cls(told["made"], items, _runs(told["runs"]), _runs(told["timings"]))


def _runs(told: Sequence[dict[str, Any]]) -> list[Run]:
    return [Run.of(run) for run in told]


def _recording(told: dict[str, Any]) -> Recording:
    return Recording(**{**told, "path": Path(told["path"])})
