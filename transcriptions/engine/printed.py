"""What documents say: the paragraphs that a page shows, and which way they run. Makes no file."""

import unicodedata
from collections.abc import Iterable, Iterator

from transcriptions.engine.paragraphs import Paragraph, flowing
from transcriptions.engine.shape import Shape
from transcriptions.engine.subtitles import NO_XML
from transcriptions.engine.values import Segment

GREY = (0x66, 0x66, 0x66)  # of what is not text: times, numbers of pages


def texts(segments: Iterable[Segment], shape: Shape) -> Iterator[Paragraph]:
    for text in flowing(segments, "lines" if shape.flow == "lines" else "paragraphs"):
        yield Paragraph(text.start, text.end, printable(text.text))


def printable(text: str) -> str:
    return NO_XML.sub("", text)


def from_right_to_left(text: str) -> bool:
    """By the first letter that has a direction, as Unicode's algorithm says."""
    strong = (unicodedata.bidirectional(char) for char in text)
    return next((kind in ("R", "AL") for kind in strong if kind in ("L", "R", "AL")), False)
