"""One file, one verdict: accepted or refused with a code, and whatever happened besides that must not happen.

Runs in this process, `python -m tests.hostile.verdict` for one path a line on standard input; see apart for the limit
of time. Examines, then decodes and cuts what was accepted. Does not recognise.
"""

import json
import os
import re
import resource
import sys
import tempfile
import threading
import time
import traceback
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from django.conf import settings
from django.utils import translation

from benchmarks import memory
from transcriptions.engine import speech
from transcriptions.engine.errors import EngineError
from transcriptions.engine.ffmpeg import FFmpeg
from transcriptions.engine.room import MEMORY_BYTES
from transcriptions.engine.values import BYTES_PER_SECOND
from transcriptions.sentences import SENTENCES, sentence

EXAMINE = "transcriptions.engine.examine:examine"  # takes an FFmpeg and a Path; raises EngineError for what it refuses
ACCEPTED = "accepted"
LONG_SECONDS = 900.0  # more sound is not waited for
LOOK_SECONDS = 0.002  # between two looks at the memory of the programs
LEAK = re.compile(r"Traceback|File \"|0x[0-9a-f]{4,}|(?:^|\s)/\w|\w+Error\b|%\(")  # what no person is to be told

Examine = Callable[[FFmpeg, Path], object]


@dataclass(frozen=True)
class Verdict:
    """code: ACCEPTED, that of an EngineError, or "" for neither. late: it was accepted and then refused.

    seconds: until it was accepted or refused. prepare_seconds, sound_seconds: what decoding and cutting took and gave;
    `long` where there was more than LONG_SECONDS. peak_bytes: the most memory of the programs. said: the sentence, in
    English. faults: what must never be.
    """

    code: str
    seconds: float
    late: bool = False
    prepare_seconds: float = 0.0
    sound_seconds: float = 0.0
    long: bool = False
    peak_bytes: int = 0
    said: str = ""
    detail: str = ""
    faults: tuple[str, ...] = ()

    @classmethod
    def loads(cls, text: str) -> "Verdict":
        told = json.loads(text)
        return cls(**{**told, "faults": tuple(told["faults"])})


@dataclass
class _Course:
    """How it goes, while it goes."""

    code: str = ""
    late: bool = False
    sound_seconds: float = 0.0
    long: bool = False
    said: str = ""
    detail: str = ""
    faults: list[str] = field(default_factory=list)


def judge(ffmpeg: FFmpeg, path: Path, examine: Examine, *, prepare: bool) -> Verdict:
    """Raises nothing: what is raised is in the verdict. Nothing else may use the temporary folder meanwhile."""
    course, children, files = _Course(), _children(), _files()
    started = time.monotonic()
    with _watched() as peak:
        with _told(course):
            examine(ffmpeg, path)
            course.code = ACCEPTED
        examined = time.monotonic()
        if prepare and course.code == ACCEPTED:
            with _told(course):
                _prepare(ffmpeg, path, course)
        ended = time.monotonic()
    course.late &= course.code != ACCEPTED
    course.faults += [f"a child is left: {child}" for child in _children() - children]
    course.faults += [f"a file is left: {name}" for name in _files() - files]
    if peak[0] > MEMORY_BYTES:
        course.faults.append(f"{peak[0]} bytes of memory")
    figures: dict[str, Any] = {**vars(course), "faults": tuple(course.faults), "peak_bytes": peak[0]}
    return Verdict(seconds=examined - started, prepare_seconds=ended - examined, **figures)


def _prepare(ffmpeg: FFmpeg, path: Path, course: _Course) -> None:
    """As the media worker does, without its rows."""
    course.late = True
    for shard in speech.cut(_counted(ffmpeg.pcm(path), course)):
        if shard.end < shard.start or any(span.end < span.start for span in shard.speech):
            course.faults.append(f"a shard that ends before it begins: {shard}")


def _counted(sound: Iterator[bytes], course: _Course) -> Iterator[bytes]:
    for chunk in sound:
        course.sound_seconds += len(chunk) / BYTES_PER_SECOND
        if course.sound_seconds > LONG_SECONDS:
            course.long = True
            break
        yield chunk


@contextmanager
def _told(course: _Course) -> Iterator[None]:
    try:
        yield
    except EngineError as error:
        course.code, course.detail = error.code, error.detail
        course.said, faults = _sentence(error)
        course.faults += faults
    except Exception:  # noqa: BLE001 - whatever it is, it is what we are looking for
        course.code = ""
        course.faults.append(traceback.format_exc(limit=-3).strip())


def _sentence(error: EngineError) -> tuple[str, list[str]]:
    """In English, and what is wrong with it."""
    if error.code not in SENTENCES:
        return "", [f"nobody documented the code {error.code}"]
    try:
        with translation.override("en"):
            said = sentence(error.code, **error.values)
    except (KeyError, ValueError, TypeError) as wrong:
        return "", [f"the sentence of {error.code} cannot be made: {wrong!r}"]
    return said, [f"the sentence tells too much: {said}"] if LEAK.search(said) else []


@contextmanager
def _watched() -> Iterator[list[int]]:
    """The most memory of this process's programs until the block ends, in bytes, as the one item of a list.

    Looked at while they run, which misses what ends within milliseconds. The system counts for a program that has ended
    what its parent had when it started it, so that its figure is only good above that.
    """
    peak, done, before = [0], threading.Event(), _ended_peak()

    def look() -> None:
        while not done.wait(LOOK_SECONDS):
            peak[0] = max(peak[0], memory.programs_peak(os.getpid()))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()
    ended = _ended_peak()
    if ended > max(before, memory.own_peak()):
        peak[0] = max(peak[0], ended)


def _ended_peak() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * memory.UNIT


def _children() -> set[str]:
    """Process ids; nothing where there is no /proc."""
    found: set[str] = set()
    for listed in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # a thread that has just ended
            found.update(listed.read_text().split())
    return found


def _files() -> set[str]:
    return {str(path) for path in Path(tempfile.gettempdir()).rglob("*")}


def main() -> None:
    """A path as JSON in, a verdict as JSON out, until there are no more."""
    parser = ArgumentParser()
    parser.add_argument("--examine", default=EXAMINE, help="module:function")
    parser.add_argument("--prepare", action="store_true")
    parser.add_argument("ffmpeg")
    parser.add_argument("ffprobe")
    told = parser.parse_args()
    settings.configure(USE_I18N=False)  # sentences as they are written, without Django's start
    examine: Examine = resolve_name(told.examine)
    for line in sys.stdin:
        verdict = judge(FFmpeg(told.ffmpeg, told.ffprobe), Path(json.loads(line)), examine, prepare=told.prepare)
        sys.stdout.write(json.dumps(asdict(verdict)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
