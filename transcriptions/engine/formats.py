"""Transcripts as files. Text comes in pieces and is never whole in memory; a document is saved and then read back."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from transcriptions.engine import documents, subtitles, texts
from transcriptions.engine.shape import USUAL, Shape, named, shifted
from transcriptions.engine.values import Heading, Segment

PIECE_BYTES = 65_536

Write = Callable[[Heading, Iterable[Segment], Shape], Iterator[bytes]]


@dataclass(frozen=True)
class Format:
    """has_speakers: it has a place of its own for who speaks; in others a name stands before what is said."""

    content_type: str
    make: Write
    has_speakers: bool = False

    def write(self, heading: Heading, segments: Iterable[Segment], shape: Shape = USUAL) -> Iterator[bytes]:
        segments = shifted(segments, shape.offset)
        if shape.speakers and not self.has_speakers:
            segments = named(segments)
        return self.make(heading, segments, shape)


def _encoded(write: Callable[[Heading, Iterable[Segment], Shape], Iterator[str]]) -> Write:
    def make(heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[bytes]:
        for piece in write(heading, segments, shape):
            yield piece.encode()

    return make


def _saved(save: Callable[[Heading, Iterable[Segment], Shape, BinaryIO], None]) -> Write:
    def make(heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as file:  # without a name: no kill leaves it
            save(heading, segments, shape, file)
            file.seek(0)
            while piece := file.read(PIECE_BYTES):
                yield piece

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
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _saved(documents.save_docx)
    ),
    "pdf": Format("application/pdf", _saved(documents.save_pdf)),
}
