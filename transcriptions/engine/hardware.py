"""Which encoders of this host work: each is tried on a frame, at the same time as the others, and that is remembered.

Only that settles it: a list of encoders, a device file or a driver each say little. Encodes nobody's picture: see
pictures.
"""

import hashlib
import json
import logging
import os
import re
import socket
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import ffmpeg as graph

from transcriptions.engine.child import Ended, Limits, TooSlow, run
from transcriptions.engine.encoders import (
    DRIVER_VARIABLES,
    HARDWARE,
    SOFTWARE,
    Encoder,
    brought,
    command,
    output_options,
)

logger = logging.getLogger(__name__)

TRY_SECONDS = 6.0  # a driver that starts cold takes two or three
ASK_SECONDS = 15.0
FILE_BYTES = 1024**2
WHY_BYTES = 200
MOST_REMEMBERED = 20  # hosts: every container is a new one
TEST_PICTURE = "testsrc=size=640x360:rate=25:duration=0.2"
LABEL = re.compile(r"^(\[[^\]]*\] *)+")  # "[h264_nvenc @ 0x55d0c8e6d940] "
PATH = re.compile(r"(?<![\w/])(?:[a-z]+:)?(?:/+[^\s/:'\",;]+)+/?")


@dataclass(frozen=True)
class Tried:
    """An encoder by ffmpeg's name, and why it does not work here; empty where it does."""

    name: str
    why_not: str

    @property
    def works(self) -> bool:
        return not self.why_not


@dataclass(frozen=True)
class Findings:
    """version: ffmpeg's name of itself. build: of its version and how it was built. tried: in the order of preference.
    software: the software encoder's name, empty where there is none. burns: whether it can draw subtitles.
    lasting: false where a driver did not answer in time, which may be another time's luck."""

    version: str
    build: str
    tried: tuple[Tried, ...]
    software: str
    burns: bool
    lasting: bool = True

    def encoders(self) -> tuple[Encoder, ...]:
        """The first hardware encoder that works, then the software that takes over; either may be missing."""
        working = {tried.name for tried in self.tried if tried.works}
        hardware = [encoder for encoder in HARDWARE if encoder.name in working][:1]
        return (*hardware, *(encoder for encoder in SOFTWARE if encoder.name == self.software))


def find(program: str, memory: Path) -> Findings:
    """What was found on this host with this ffmpeg before, or is now. `memory`: a JSON file, made where there is none.

    A memory that cannot be read or written is none. Raises OSError when the program cannot be started.
    """
    version, build = _version(program)
    for kept in _read(memory):
        findings = _findings(kept) if kept.get("host") == socket.gethostname() else None
        if findings and findings.build == build and _complete(findings):
            return findings
    found = _look(program, version, build, HARDWARE)
    if found.lasting:
        _remember(memory, found)
    return found


def forget(memory: Path) -> None:
    """What was found on this host, with whichever ffmpeg."""
    if memory.exists():
        _write(memory, _of_others(memory))


def look(program: str, wanted: Sequence[Encoder] = HARDWARE) -> Findings:
    """Try the wanted hardware now; with none wanted, find the software encoder alone. Raises OSError as above."""
    return _look(program, *_version(program), wanted)


def _look(program: str, version: str, build: str, wanted: Sequence[Encoder]) -> Findings:
    built_in = set(re.findall(r"^ V\S{5} (\S+)", _ask(program, "-encoders"), re.MULTILINE))
    with ThreadPoolExecutor(max_workers=len(wanted) or 1) as pool:
        found = list(pool.map(lambda encoder: _try(program, encoder, built_in), wanted))
    return Findings(
        version=version,
        build=build,
        tried=tuple(tried for tried, _ in found),
        software=next((encoder.name for encoder in SOFTWARE if encoder.name in built_in), ""),
        burns=bool(re.search(r"^ \S+ ass ", _ask(program, "-filters"), re.MULTILINE)),
        lasting=all(lasting for _, lasting in found),
    )


def _try(program: str, encoder: Encoder, built_in: set[str]) -> tuple[Tried, bool]:
    """With the very options that pictures are made with, and whether the answer will be the same next time."""
    if encoder.name not in built_in:
        return Tried(encoder.name, "this ffmpeg was built without it"), True
    picture = brought(graph.input(TEST_PICTURE, format="lavfi"), encoder)
    output = picture.output("-", format="null", **output_options(encoder))
    limits = Limits(TRY_SECONDS, TRY_SECONDS, FILE_BYTES, None)
    try:
        ended = run(command(program, output, encoder), limits, lambda line: True, environment=drivers())
    except TooSlow as error:
        return Tried(encoder.name, str(error)), False
    return Tried(encoder.name, why(ended) if ended.status else ""), True


def drivers() -> dict[str, str]:
    """The environment that drivers need."""
    return {name: os.environ[name] for name in DRIVER_VARIABLES if name in os.environ}


def why(ended: Ended) -> str:
    """The first thing ffmpeg complained about, which is the cause, in one short line without paths and addresses."""
    lines = (LABEL.sub("", line).strip() for line in ended.said.splitlines())
    first = next(filter(None, lines), f"ffmpeg ended with status {ended.status}")
    return PATH.sub("…", first)[:WHY_BYTES]


def _version(program: str) -> tuple[str, str]:
    said = _ask(program, "-version")
    named = re.match(r"ffmpeg version (\S+)", said)
    return named[1] if named else "unknown", hashlib.sha256(said.encode()).hexdigest()[:16]


def _ask(program: str, question: str) -> str:
    """What ffmpeg says of itself, "" where it does not answer."""
    lines: list[str] = []

    def keep(line: str) -> bool:
        lines.append(line)
        return True

    limits = Limits(ASK_SECONDS, ASK_SECONDS, FILE_BYTES, None)
    try:
        run([program, "-nostdin", "-hide_banner", question], limits, keep)
    except TooSlow:
        return ""
    return "\n".join(lines)


def _read(memory: Path) -> list[dict[str, object]]:
    try:
        kept = json.loads(memory.read_text())
    except (OSError, ValueError):
        return []
    return [entry for entry in kept if isinstance(entry, dict)] if isinstance(kept, list) else []


def _findings(kept: dict[str, object]) -> Findings | None:
    try:
        values = {name: value for name, value in kept.items() if name != "host"}
        tried = tuple(Tried(**each) for each in values.pop("tried"))  # type: ignore[attr-defined]
        return Findings(tried=tried, **values)  # type: ignore[arg-type]
    except (KeyError, TypeError):
        return None


def _complete(findings: Findings) -> bool:
    """Whether it speaks of every encoder that is known today."""
    return [tried.name for tried in findings.tried] == [encoder.name for encoder in HARDWARE]


def _remember(memory: Path, found: Findings) -> None:
    entry = {"host": socket.gethostname(), **asdict(found)}
    _write(memory, [*_of_others(memory), entry][-MOST_REMEMBERED:])


def _of_others(memory: Path) -> list[dict[str, object]]:
    return [kept for kept in _read(memory) if kept.get("host") != socket.gethostname()]


def _write(memory: Path, entries: list[dict[str, object]]) -> None:
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=memory.parent, suffix=".new", delete=False) as new:
            json.dump(entries, new, indent=1)
        Path(new.name).replace(memory)
    except OSError as error:
        logger.warning("What was found of the hardware cannot be kept: %s", error)
