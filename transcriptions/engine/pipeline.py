"""The whole way in one process: a file in, segments out. The workers walk the same steps through rows and queues."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from transcriptions.engine.ffmpeg import FFmpeg
from transcriptions.engine.options import Options
from transcriptions.engine.probe import probe
from transcriptions.engine.recognise import recognise
from transcriptions.engine.speech import cut, samples
from transcriptions.engine.values import Language, Probe, Segment


@dataclass
class Transcription:
    """`segments` may be read once; `language` and `heard_seconds` fill in while it is."""

    probe: Probe
    segments: Iterator[Segment]
    language: Language | None = None
    heard_seconds: float = 0.0


def transcribe(path: Path, *, ffmpeg: FFmpeg, model: Any, options: Options) -> Transcription:
    """Raises EngineError for what cannot be read, before the first segment is asked for."""
    result = Transcription(probe=probe(ffmpeg, path), segments=iter(()))
    result.segments = _segments(result, path, ffmpeg, model, options)
    return result


def _segments(result: Transcription, path: Path, ffmpeg: FFmpeg, model: Any, options: Options) -> Iterator[Segment]:
    for shard in cut(ffmpeg.pcm(path)):
        if shard.speech:
            recognition = recognise(model, samples(shard.pcm), shard.speech, options, offset=shard.start)
            if result.language is None:
                result.language = recognition.language
                options = replace(options, language=recognition.language.code)
            for segment in recognition.segments:
                result.heard_seconds = segment.end
                yield segment
        result.heard_seconds = shard.end
