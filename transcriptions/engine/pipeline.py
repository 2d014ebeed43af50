"""The whole way in one process: a file in, segments out. The workers walk the same steps through rows and queues."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from numpy import float32
from numpy.typing import NDArray

from transcriptions.engine.ahead import in_order
from transcriptions.engine.batching import Batcher
from transcriptions.engine.examine import examine
from transcriptions.engine.ffmpeg import FFmpeg
from transcriptions.engine.gain import Raiser
from transcriptions.engine.languages import WINDOW_SECONDS, detect
from transcriptions.engine.options import Options
from transcriptions.engine.probe import track_of
from transcriptions.engine.recognise import Figures, Heard, recognise
from transcriptions.engine.speech import Cutting, bytes_of, cut, samples
from transcriptions.engine.values import AudioTrack, Language, Probe, Segment, Shard, Span
from transcriptions.engine.windows import windows

SHARDS_AT_ONCE = 3  # what their windows have in common is decoded together
UNKNOWN_SECONDS = 3600.0  # as long a recording is taken to be whose header does not say


@dataclass
class Transcription:
    """`segments` may be read once; the rest fills in while it is."""

    probe: Probe
    segments: Iterator[Segment]
    language: Language | None = None
    heard_seconds: float = 0.0
    parts: list[Figures] = field(default_factory=list)

    @property
    def figures(self) -> Figures:
        return sum(self.parts, Figures())


def transcribe(path: Path, *, ffmpeg: FFmpeg, batcher: Batcher, options: Options) -> Transcription:
    """Raises EngineError for what cannot be read, before the first segment is asked for."""
    result = Transcription(probe=examine(ffmpeg, path, options.track), segments=iter(()))
    track = track_of(result.probe.audio_tracks, options.track)
    if options.language:
        result.language = Language(options.language, 1.0)
    result.segments = _segments(result, _Way(result, batcher, options, track), ffmpeg.pcm(path, track.index))
    return result


def _segments(result: Transcription, way: "_Way", sound: Iterator[bytes]) -> Iterator[Segment]:
    for heard in in_order(way.shards(sound), way.hear, SHARDS_AT_ONCE):
        result.heard_seconds = heard.reached
        yield from heard.segments


@dataclass(frozen=True)
class _Way:
    """What the threads share."""

    result: Transcription
    batcher: Batcher
    options: Options
    track: AudioTrack

    def shards(self, sound: Iterator[bytes]) -> Iterator[Shard]:
        """The first in which somebody speaks decides the language, before any other is heard."""
        raised = Raiser().raised(sound)
        for shard in cut(raised, Cutting.of(self.options), self.track.offset_seconds):
            if shard.speech and self.result.language is None:
                places = windows(shard.speech, WINDOW_SECONDS, Span(shard.start, shard.end))
                self.result.language = detect(self.batcher, ((Pcm(shard), window) for window in places))
            yield shard

    def hear(self, shard: Shard) -> Iterator[Heard]:
        if shard.speech and self.result.language:
            figures = Figures()
            self.result.parts.append(figures)
            for some in recognise(
                self.batcher,
                Pcm(shard),
                shard.speech,
                self.options,
                within=Span(shard.start, shard.end),
                language=self.result.language.code,
                rank=self.result.probe.duration_seconds or UNKNOWN_SECONDS,
                hurry=shard.index == 0,
                figures=figures,
            ):
                yield from some
        yield Heard((), shard.end)


@dataclass(frozen=True)
class Pcm:
    """The sound of a shard in memory: an engine.decoding.Sound."""

    shard: Shard

    def __call__(self, span: Span) -> NDArray[float32]:
        first, last = bytes_of(span, self.shard.start)
        return samples(self.shard.pcm[first:last])
