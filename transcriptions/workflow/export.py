"""A transcript as a file to take away, and many of them as one."""

import logging
import zipfile
from collections.abc import Callable, Iterable, Iterator
from io import RawIOBase
from itertools import chain
from typing import Any

from transcriptions.engine import formats, values
from transcriptions.engine.documents import DocumentError, Press
from transcriptions.engine.options import Options
from transcriptions.engine.shape import USUAL, Shape
from transcriptions.models import Transcription
from transcriptions.sentences import sentence
from transcriptions.workflow import lines

logger = logging.getLogger(__name__)


def export(
    *,
    entry: Transcription,
    format_name: str,
    shape: Shape = USUAL,
    original: bool = False,
    press: Press | None = None,
    reached: Callable[[float], None] | None = None,
) -> Iterator[bytes]:
    """Pieces of the file. original: as it was recognised, without corrections and speakers.

    Raises KeyError for a format that is not in engine.formats.FORMATS.

    press: what makes documents, where there are several to make. A document raises DocumentError before its first piece
    where it cannot be made. reached: is told where each segment ends, in seconds, when it has been taken.
    """
    transcript = entry.transcript
    model = Options(**transcript.options).model
    heading = values.Heading(language_of(entry), transcript.duration_seconds, model, entry.title)
    return formats.FORMATS[format_name].write(heading, _told(segments(entry, original=original), reached), shape, press)


def _told(said: Iterator[values.Segment], reached: Callable[[float], None] | None) -> Iterator[values.Segment]:
    for segment in said:
        yield segment
        if reached:
            reached(segment.end)


def language_of(entry: Transcription) -> str:
    """Of the text, which need not be that of the recording."""
    transcript = entry.transcript
    return "en" if Options(**transcript.options).task == "translate" else transcript.language


def export_many(*, entries: Iterable[tuple[str, Transcription]], format_name: str) -> Iterator[bytes]:
    """Pieces of a zip of entries, each under its name. One piece of one file at a time is in memory. In place of what
    cannot be made is a sentence."""
    written = _Written()
    with Press() as press, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, entry in entries:
            pieces = export(entry=entry, format_name=format_name, press=press)
            try:
                first = next(pieces, b"")
            except DocumentError as error:
                logger.warning("A document in a zip could not be made: %s", error)
                archive.writestr(f"{name}.txt", sentence(error.code))
                continue
            with archive.open(name, "w") as file:
                for piece in chain([first], pieces):
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
