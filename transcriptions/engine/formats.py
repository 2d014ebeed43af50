"""Transcripts as files. Text comes in pieces and is never whole in memory; a document is, in its child's."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from transcriptions.engine import documents, subtitles, texts
from transcriptions.engine.documents import Press
from transcriptions.engine.shape import USUAL, Shape, named, shifted
from transcriptions.engine.values import Heading, Segment

Write = Callable[[Heading, Iterable[Segment], Shape, Press | None], Iterator[bytes]]


@dataclass(frozen=True)
class Format:
    """has_speakers: it has a place of its own for who speaks; in others a name stands before what is said."""

    content_type: str
    make: Write
    has_speakers: bool = False

    def write(
        self, heading: Heading, segments: Iterable[Segment], shape: Shape = USUAL, press: Press | None = None
    ) -> Iterator[bytes]:
        """press: what makes documents, where there are several to make. A document raises DocumentError."""
        segments = shifted(segments, shape.offset)
        if shape.speakers and not self.has_speakers:
            segments = named(segments)
        return self.make(heading, segments, shape, press)


def _encoded(write: Callable[[Heading, Iterable[Segment], Shape], Iterator[str]]) -> Write:
    def make(heading: Heading, segments: Iterable[Segment], shape: Shape, press: Press | None) -> Iterator[bytes]:
        for piece in write(heading, segments, shape):
            yield piece.encode()

    return make


FORMATS = {
    "txt": Format("text/plain; charset=utf-8", _encoded(texts.txt)),
    "srt": Format("application/x-subrip; charset=utf-8", _encoded(subtitles.srt)),
    "vtt": Format("text/vtt; charset=utf-8", _encoded(subtitles.vtt)),
    "json": Format("application/json", _encoded(texts.as_json), has_speakers=True),
    "csv": Format("text/csv; charset=utf-8", _encoded(texts.as_csv), has_speakers=True),
    "tsv": Format("text/tab-separated-values; charset=utf-8", _encoded(texts.as_tsv), has_speakers=True),
    "lrc": Format("text/plain; charset=utf-8", _encoded(subtitles.lrc)),
    "ass": Format("text/x-ssa; charset=utf-8", _encoded(subtitles.ass)),
    "ttml": Format("application/ttml+xml; charset=utf-8", _encoded(subtitles.ttml)),
    "docx": Format(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", partial(documents.made, "docx")
    ),
    "pdf": Format("application/pdf", partial(documents.made, "pdf")),
}
