"""What somebody may choose about a file to take away; the shift of its times, and names before what is said. Writes no
file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from transcriptions.engine.values import Segment, Word

Timed = TypeVar("Timed", Segment, Word)
Flow = Literal["lines", "paragraphs", "plain"]

LINE = (10, 100)  # columns of a line of subtitles: the least and the most
LINES = (1, 2)
WORDS = (1, 30)
OFFSET_SECONDS = (-360_000.0, 360_000.0)  # a hundred hours


@dataclass(frozen=True)
class Shape:
    """line, lines, words: of subtitles; see cues.Layout. flow: of txt, docx and pdf: a line for each segment,
    paragraphs, or all in one (txt alone). None: as the language or the format has it. times: whether those say when.
    offset: seconds that all times are later, or earlier. speakers: whether it says who speaks, where
    somebody has given names."""

    line: int | None = None
    lines: int | None = None
    words: int | None = None
    offset: float = 0.0
    times: bool = False
    flow: Flow | None = None
    speakers: bool = True


USUAL = Shape()


def shifted(segments: Iterable[Segment], seconds: float) -> Iterator[Segment]:
    """The same, so much later. What would end before the beginning is left out; nothing starts before it."""
    for segment in segments:
        if not seconds:
            yield segment
        elif segment.end + seconds > 0:
            words = tuple(_later(word, seconds) for word in segment.words)
            yield replace(_later(segment, seconds), words=words)


def named(segments: Iterable[Segment]) -> Iterator[Segment]:
    """The same, with the speaker's name before the first words of each, as subtitles and plays have it."""
    before = ""
    for segment in segments:
        if not segment.speaker or segment.speaker == before or not segment.text.strip():
            yield segment
        else:
            yield replace(segment, text=f"{segment.speaker}: {segment.text.lstrip()}", words=_named_words(segment))
        before = segment.speaker


def _named_words(segment: Segment) -> tuple[Word, ...]:
    if not segment.words:
        return ()
    first, *rest = segment.words
    return (replace(first, text=f" {segment.speaker}: {first.text.lstrip()}"), *rest)


def _later(timed: Timed, seconds: float) -> Timed:
    start, end = (max(0.0, round(time + seconds, 3)) for time in (timed.start, timed.end))
    return replace(timed, start=start, end=end)
