"""A transcript as a file to take away, and many of them as one."""

import logging
import zipfile
from collections.abc import Callable, Iterable, Iterator
from io import RawIOBase
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from transcriptions.engine import formats, values
from transcriptions.engine.documents import DocumentError, Press
from transcriptions.engine.options import Options
from transcriptions.engine.shape import USUAL, Shape
from transcriptions.models import Segment, Transcription
from transcriptions.sentences import sentence

logger = logging.getLogger(__name__)

CHUNK = 500  # rows read at once


def export(
    *,
    entry: Transcription,
    format_name: str,
    shape: Shape = USUAL,
    press: Press | None = None,
    reached: Callable[[float], None] | None = None,
) -> Iterator[bytes]:
    """Pieces of the file. Raises KeyError for a format that is not in engine.formats.FORMATS.

    press: what makes documents, where there are several to make. A document raises DocumentError before its first piece
    where it cannot be made. reached: is told where each segment ends, in seconds, when it has been taken.
    """
    transcript = entry.transcript
    model = Options(**transcript.options).model
    heading = values.Heading(language_of(entry), transcript.duration_seconds, model, entry.title)
    return formats.FORMATS[format_name].write(heading, _told(segments(transcript.pk), reached), shape, press)


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


def segments(transcript_id: int) -> Iterator[values.Segment]:
    """As they were said."""
    for row in in_order(transcript_id).iterator(CHUNK):
        yield values.Segment(
            start=row.start_seconds,
            end=row.end_seconds,
            text=row.text,
            words=tuple(values.Word(*word) for word in row.words),
            avg_logprob=row.avg_logprob,
            no_speech_prob=row.no_speech_prob,
            compression_ratio=row.compression_ratio,
            temperature=row.temperature,
        )


def in_order(transcript_id: int) -> QuerySet[Segment]:
    """A transcript's segments as they were said."""
    return Segment.objects.filter(transcript_id=transcript_id).order_by("start_seconds", "shard_id", "position")
