"""Transcripts as files: txt, srt, vtt, json. Writers give pieces: a long transcript is never whole in memory.

Subtitles are laid out by `cues`; txt and json keep the segments as they were recognised.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from transcriptions.engine.cues import captions
from transcriptions.engine.values import Segment

FIGURES = ("avg_logprob", "no_speech_prob", "compression_ratio", "temperature")


@dataclass(frozen=True)
class Heading:
    """What a file says of the recording as a whole. `duration_seconds` is None where it is not known."""

    language: str = ""
    duration_seconds: float | None = None
    model: str = ""


def txt(heading: Heading, segments: Iterable[Segment]) -> Iterator[str]:
    """One segment a line."""
    for segment in segments:
        yield f"{_one_line(segment.text)}\n"


def srt(heading: Heading, segments: Iterable[Segment]) -> Iterator[str]:
    """SubRip. `-->` in a text would end its cue's times anew in some readers, so it is written as an arrow."""
    for number, cue in enumerate(captions(segments, heading.language), start=1):
        text = "\n".join(cue.lines).replace("-->", "→")
        yield f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{text}\n\n"


def vtt(heading: Heading, segments: Iterable[Segment]) -> Iterator[str]:
    """WebVTT (W3C): & and < are escaped, and > so that `-->` cannot stand in a text."""
    yield f"WEBVTT\nLanguage: {heading.language}\n\n" if heading.language else "WEBVTT\n\n"
    for cue in captions(segments, heading.language):
        text = "\n".join(cue.lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        yield f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{text}\n\n"


def as_json(heading: Heading, segments: Iterable[Segment]) -> Iterator[str]:
    """One object: language, duration, model, segments with words and speaker where there are any."""
    head = {"language": heading.language, "duration": heading.duration_seconds, "model": heading.model}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "segments": ['
    for number, segment in enumerate(segments):
        yield (",\n" if number else "\n") + json.dumps(_fields(segment), ensure_ascii=False)
    yield "\n]}\n"


@dataclass(frozen=True)
class Format:
    content_type: str
    write: Callable[[Heading, Iterable[Segment]], Iterator[str]]


FORMATS = {
    "txt": Format("text/plain; charset=utf-8", txt),
    "srt": Format("application/x-subrip; charset=utf-8", srt),
    "vtt": Format("text/vtt; charset=utf-8", vtt),
    "json": Format("application/json", as_json),
}


def _fields(segment: Segment) -> dict[str, Any]:
    absent = [name for name in ("words", "speaker", "corrected") if not getattr(segment, name)]
    if segment.corrected:
        absent += FIGURES
    return {name: value for name, value in asdict(segment).items() if name not in absent}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(max(0.0, seconds) * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"
