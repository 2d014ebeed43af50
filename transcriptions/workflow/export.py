"""A transcript as a file to take away."""

from collections.abc import Iterator

from transcriptions.engine import formats, values
from transcriptions.engine.options import Options
from transcriptions.models import Transcription
from transcriptions.workflow import lines


def export(*, entry: Transcription, format_name: str, original: bool = False) -> Iterator[str]:
    """Pieces of the file. original: as it was recognised, without corrections and speakers.

    Raises KeyError for a format that is not in engine.formats.FORMATS.
    """
    transcript = entry.transcript
    options = Options(**transcript.options)
    language = "en" if options.task == "translate" else transcript.language
    heading = formats.Heading(language, transcript.duration_seconds, options.model)
    return formats.FORMATS[format_name].write(heading, _segments(entry, original))


def _segments(entry: Transcription, original: bool) -> Iterator[values.Segment]:
    """Without lines that somebody has emptied."""
    for line in lines.every(entry, original=original):
        if line.text or not line.version:
            figures = dict(zip(formats.FIGURES, line.figures, strict=True)) if not line.version else {}
            yield values.Segment(
                start=line.start,
                end=line.end,
                text=line.text,
                words=line.words,
                speaker=line.speaker,
                corrected=bool(line.version),
                **figures,
            )
