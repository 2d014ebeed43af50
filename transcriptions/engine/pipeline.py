"""The whole way in one process: a file in, segments out. The workers walk the same steps through rows and queues."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from numpy import float32
from numpy.typing import NDArray

from transcriptions.engine.batching import Batcher
from transcriptions.engine.ffmpeg import FFmpeg
from transcriptions.engine.languages import WINDOW_SECONDS, detect
from transcriptions.engine.options import Options
from transcriptions.engine.probe import probe
from transcriptions.engine.recognise import Figures, recognise
from transcriptions.engine.speech import Cutting, bytes_of, cut, samples
from transcriptions.engine.values import Language, Probe, Segment, Shard, Span
from transcriptions.engine.windows import windows

UNKNOWN_SECONDS = 3600.0  # as long a recording is taken to be whose header does not say


@dataclass
class Transcription:
    """`segments` may be read once; the rest fills in while it is."""

    probe: Probe
    segments: Iterator[Segment]
    language: Language | None = None
    heard_seconds: float = 0.0
    figures: Figures = field(default_factory=Figures)


def transcribe(path: Path, *, ffmpeg: FFmpeg, batcher: Batcher, options: Options) -> Transcription:
    """Raises EngineError for what cannot be read, before the first segment is asked for."""
    result = Transcription(probe=probe(ffmpeg, path), segments=iter(()))
    if options.language:
        result.language = Language(options.language, 1.0)
    result.segments = _segments(result, path, ffmpeg, batcher, options)
    return result


def _segments(
    result: Transcription, path: Path, ffmpeg: FFmpeg, batcher: Batcher, options: Options
) -> Iterator[Segment]:
    rank = result.probe.duration_seconds or UNKNOWN_SECONDS
    for shard in cut(ffmpeg.pcm(path), Cutting.of(options)):
        if shard.speech:
            yield from _of_shard(result, shard, batcher, options, rank)
        result.heard_seconds = shard.end


def _of_shard(
    result: Transcription, shard: Shard, batcher: Batcher, options: Options, rank: float
) -> Iterator[Segment]:
    sound, stretch = Pcm(shard), Span(shard.start, shard.end)
    if result.language is None:
        places = windows(shard.speech, WINDOW_SECONDS, stretch)
        result.language = detect(batcher, ((sound, window) for window in places))
    for some in recognise(
        batcher,
        sound,
        shard.speech,
        options,
        within=stretch,
        language=result.language.code,
        rank=rank,
        hurry=shard.index == 0,
        figures=result.figures,
    ):
        for heard in some:
            result.heard_seconds = heard.reached
            yield from heard.segments


@dataclass(frozen=True)
class Pcm:
    """The sound of a shard in memory: an engine.decoding.Sound."""

    shard: Shard

    def __call__(self, span: Span) -> NDArray[float32]:
        first, last = bytes_of(span, self.shard.start)
        return samples(self.shard.pcm[first:last])
