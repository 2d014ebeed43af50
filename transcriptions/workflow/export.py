"""A transcript as a file to take away, and many of them as one."""

import zipfile
from collections.abc import Iterable, Iterator
from io import RawIOBase
from typing import Any

from transcriptions.engine import formats, values
from transcriptions.engine.options import Options
from transcriptions.engine.shape import USUAL, Shape
from transcriptions.models import Transcription
from transcriptions.workflow import lines


def export(*, entry: Transcription, format_name: str, shape: Shape = USUAL, original: bool = False) -> Iterator[bytes]:
    """Pieces of the file. original: as it was recognised, without corrections and speakers.

    Raises KeyError for a format that is not in engine.formats.FORMATS.
    """
    transcript = entry.transcript
    model = Options(**transcript.options).model
    heading = values.Heading(language_of(entry), transcript.duration_seconds, model, entry.title)
    return formats.FORMATS[format_name].write(heading, segments(entry, original=original), shape)


def language_of(entry: Transcription) -> str:
    """Of the text, which need not be that of the recording."""
    transcript = entry.transcript
    return "en" if Options(**transcript.options).task == "translate" else transcript.language


def export_many(*, entries: Iterable[tuple[str, Transcription]], format_name: str) -> Iterator[bytes]:
    """Pieces of a zip of entries, each under its name. One piece of one file at a time is in memory."""
    written = _Written()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, entry in entries:
            with archive.open(name, "w") as file:
                for piece in export(entry=entry, format_name=format_name):
                    file.write(piece)
                    yield written.take()
    yield written.take()


class _Written(RawIOBase):
    """What ZipFile has written and nobody has taken yet. It cannot go back, so that sizes stand behind each file."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._bytes += piece
        return len(piece)

    def take(self) -> bytes:
        taken = bytes(self._bytes)
        self._bytes.clear()
        return taken


def segments(entry: Transcription, *, original: bool) -> Iterator[values.Segment]:
    """Without lines that somebody has emptied."""
    for line in lines.every(entry, original=original):
        if line.text or not line.version:
            figures = dict(zip(values.FIGURES, line.figures, strict=True)) if not line.version else {}
            yield values.Segment(
                start=line.start,
                end=line.end,
                text=line.text,
                words=line.words,
                speaker=line.speaker,
                corrected=bool(line.version),
                **figures,
            )
