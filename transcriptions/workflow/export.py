"""A transcript as a file to take away."""

from collections.abc import Iterator

from django.db.models import QuerySet

from transcriptions.engine import formats, values
from transcriptions.engine.options import Options
from transcriptions.models import Segment, Transcription

CHUNK = 500  # rows read at once


def export(*, entry: Transcription, format_name: str) -> Iterator[str]:
    """Pieces of the file. Raises KeyError for a format that is not in engine.formats.FORMATS."""
    transcript = entry.transcript
    options = Options(**transcript.options)
    language = "en" if options.task == "translate" else transcript.language
    heading = formats.Heading(language, transcript.duration_seconds, options.model)
    return formats.FORMATS[format_name].write(heading, segments(transcript.pk))


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
