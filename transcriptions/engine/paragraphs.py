"""Segments as text to be read: a line each, or joined to paragraphs. A paragraph at most is in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from transcriptions.engine.cue_words import space_between
from transcriptions.engine.segments import CLOSING, SENTENCE_ENDS
from transcriptions.engine.shape import Flow
from transcriptions.engine.values import Segment

PAUSE = 2.0  # seconds of silence that begin a paragraph
ENOUGH, TOO_MUCH = 600, 1500  # characters: from the first on the next sentence begins one, from the second anything


@dataclass(frozen=True)
class Paragraph:
    """Text without line breaks, said from `start` to `end`."""

    start: float
    end: float
    text: str
    speaker: str = ""


def flowing(segments: Iterable[Segment], flow: Flow) -> Iterator[Paragraph]:
    lines = (Paragraph(segment.start, segment.end, one_line(segment.text), segment.speaker) for segment in segments)
    return _joined(lines) if flow == "paragraphs" else lines


def plain(segments: Iterable[Segment]) -> Iterator[str]:
    """All in one line, in pieces."""
    before = ""
    for segment in segments:
        text = one_line(segment.text)
        yield space_between(before, text) + text
        before = text or before


def one_line(text: str) -> str:
    return " ".join(text.split())


def clock(seconds: float) -> str:
    """What stands before a text: 01:02:03."""
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"


def _joined(lines: Iterable[Paragraph]) -> Iterator[Paragraph]:
    begun: Paragraph | None = None
    for line in lines:
        if begun is None:
            begun = line
        elif _begins_one(begun, line):
            yield begun
            begun = line
        else:
            text = begun.text + space_between(begun.text, line.text) + line.text
            begun = replace(begun, end=max(begun.end, line.end), text=text)
    if begun:
        yield begun


def _begins_one(begun: Paragraph, line: Paragraph) -> bool:
    if line.speaker != begun.speaker or line.start - begun.end > PAUSE or len(begun.text) >= TOO_MUCH:
        return True
    return len(begun.text) >= ENOUGH and begun.text.rstrip(CLOSING).endswith(tuple(SENTENCE_ENDS))
