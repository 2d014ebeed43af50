"""Voice activity, and cutting a stream of sound at silences into shards.

Silero's network comes with faster-whisper; it is run here frame by frame with its state kept, so that a recording of
any length costs the memory of one shard. Does not recognise anything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transcriptions.engine.options import Options
from transcriptions.engine.values import BYTES_PER_SECOND, SAMPLE_RATE, Shard, Span

FRAME = 512  # samples, 32 ms: what Silero v6 takes
CONTEXT = 64  # samples of the frame before that it wants to see again
FRAME_SECONDS = FRAME / SAMPLE_RATE
FRAME_BYTES = FRAME * 2
LIVE_TARGETS = (3.0, 5.0)  # seconds; see Cutting
STEP = 32  # frames heard at a time, however the sound arrives: the same sound is always cut in the same places


@dataclass(frozen=True)
class Cutting:
    """Where to cut and what counts as speech. Lengths in seconds.

    targets: how long the first shards may grow before a silence is looked for, the last for all that follow. The
    first is short so that its words come at once. Thresholds are Silero's own (0.5, and 0.15 less to stop).
    """

    targets: tuple[float, ...] = (15.0, 60.0, 120.0)
    at_most: float = 1.5  # times the target, then it is cut in mid-speech, at the least voiced frame
    pause: float = 0.25  # the shortest silence to cut in
    speech_threshold: float = 0.5
    silence_threshold: float = 0.35
    shortest_pause: float = 0.1  # a silence that is shorter does not end a voiced run
    longest_run: float = 8.0  # a voiced run that goes on is cut at its least voiced frame
    shortest_speech: float = 0.1

    @classmethod
    def of(cls, options: Options) -> "Cutting":
        return cls(
            targets=LIVE_TARGETS if options.live else cls.targets,
            speech_threshold=options.speech_threshold,
            silence_threshold=options.silence_threshold,
        )


class VoiceActivity:
    """Silero over a stream: give it whole frames in order, get a probability of speech for each."""

    def __init__(self) -> None:
        from faster_whisper.vad import get_vad_model  # noqa: PLC0415 - loads onnxruntime; only workers cut

        self._session: Any = get_vad_model().session
        self._h = self._c = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(CONTEXT, np.float32)

    def probabilities(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """samples: n x 512 of them, -1 to 1. Returns n probabilities."""
        frames = samples.reshape(-1, FRAME)
        contexts = np.vstack([self._context, frames[:-1, -CONTEXT:]])
        self._context = frames[-1, -CONTEXT:]
        inputs = {"input": np.hstack([contexts, frames]), "h": self._h, "c": self._c}
        output, self._h, self._c = self._session.run(None, inputs)
        return np.asarray(output, np.float32).reshape(-1)


def cut(chunks: Iterable[bytes], cutting: Cutting | None = None, begins: float = 0.0) -> Iterator[Shard]:
    """Cut 16 kHz mono s16le into shards, each given as soon as its end is known. Every byte is in exactly one.

    begins: when the sound does, in seconds of the recording; a film may begin before its sound.
    """
    cutter = _Cutter(cutting or Cutting(), VoiceActivity(), begins)
    for chunk in chunks:
        yield from cutter.take(chunk)
    yield from cutter.end()


@dataclass
class _Cutter:
    cutting: Cutting
    voice: VoiceActivity
    begins: float
    index: int = 0
    start_frame: int = 0
    pcm: bytearray = field(default_factory=bytearray)
    probabilities: list[float] = field(default_factory=list)

    def take(self, chunk: bytes) -> Iterator[Shard]:
        self.pcm += chunk
        while len(self.pcm) >= (heard := len(self.probabilities) + STEP) * FRAME_BYTES:
            self._hear(heard)
            if (frame := self._cut_frame()) is not None:
                yield self._shard(frame, frame * FRAME_BYTES)

    def end(self) -> Iterator[Shard]:
        if not self.pcm:
            return
        size = len(self.pcm) // 2 * 2
        frames = -(-size // FRAME_BYTES)
        self.pcm = self.pcm[:size] + bytes(frames * FRAME_BYTES - size)
        self._hear(frames)
        if frames:
            yield self._shard(frames, size)

    def _hear(self, frames: int) -> None:
        new = bytes(self.pcm[len(self.probabilities) * FRAME_BYTES : frames * FRAME_BYTES])
        if new:
            self.probabilities += self.voice.probabilities(samples(new)).tolist()

    def _cut_frame(self) -> int | None:
        """The frame to cut before, or None to wait for more."""
        cutting = self.cutting
        target: float = cutting.targets[min(self.index, len(cutting.targets) - 1)] / FRAME_SECONDS
        heard = len(self.probabilities)
        if heard < target:
            return None
        first = int(target * 2 / 3)
        silence = _longest_silence(self.probabilities, first, cutting.silence_threshold)
        if silence and (silence[1] - silence[0]) * FRAME_SECONDS >= cutting.pause:
            return sum(silence) // 2
        if heard < target * cutting.at_most:
            return None
        return first + int(np.argmin(self.probabilities[first:]))

    def _shard(self, frames: int, size: int) -> Shard:
        start = self.begins + self.start_frame * FRAME_SECONDS
        end = start + size / BYTES_PER_SECOND
        spans = voiced_runs(self.probabilities[:frames], self.cutting)
        speech = tuple(Span(start + span.start, min(start + span.end, end)) for span in spans)
        shard = Shard(index=self.index, start=start, end=end, pcm=bytes(self.pcm[:size]), speech=speech)
        del self.pcm[: frames * FRAME_BYTES]
        del self.probabilities[:frames]
        self.index += 1
        self.start_frame += frames
        return shard


def samples(pcm: bytes) -> NDArray[np.float32]:
    """s16le bytes as float32 samples, -1 to 1."""
    return np.frombuffer(pcm, "<i2").astype(np.float32) / 32768.0


def _longest_silence(probabilities: list[float], first: int, threshold: float) -> tuple[int, int] | None:
    """Its first frame and the one after its last, from `first` on."""
    quiet = np.concatenate(([False], np.asarray(probabilities[first:]) < threshold, [False]))
    edges = np.flatnonzero(quiet[1:] != quiet[:-1])
    starts, stops = edges[::2], edges[1::2]
    if not len(starts):
        return None
    longest = int(np.argmax(stops - starts))
    return first + int(starts[longest]), first + int(stops[longest])


def voiced_runs(probabilities: list[float], cutting: Cutting) -> list[Span]:
    """Where somebody speaks, in seconds from the first frame: blips left out, long runs in parts."""
    runs: list[tuple[int, int]] = []
    for start, end in _voiced(probabilities, cutting):
        near = runs and (start - runs[-1][1]) * FRAME_SECONDS < cutting.shortest_pause
        runs.append((runs.pop()[0] if near else start, end))
    shortest = cutting.shortest_speech / FRAME_SECONDS
    return [
        Span(first * FRAME_SECONDS, last * FRAME_SECONDS)
        for start, end in runs
        if end - start >= shortest
        for first, last in _parts(probabilities, start, end, int(cutting.longest_run / FRAME_SECONDS))
    ]


def _parts(probabilities: list[float], start: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    while end - start > longest:
        middle = start + longest // 2
        cut = middle + int(np.argmin(probabilities[middle : start + longest]))
        yield start, cut
        start = cut
    yield start, end


def _voiced(probabilities: list[float], cutting: Cutting) -> Iterator[tuple[int, int]]:
    """First frame and the one after the last of each stretch between the two thresholds."""
    start: int | None = None
    for frame, probability in enumerate(probabilities):
        if start is None and probability >= cutting.speech_threshold:
            start = frame
        elif start is not None and probability < cutting.silence_threshold:
            yield start, frame
            start = None
    if start is not None:
        yield start, len(probabilities)


def bytes_of(span: Span, start: float) -> tuple[int, int]:
    """The bytes of a stretch in s16le sound that begins at `start`; both in seconds of the recording."""
    first, last = (round((time - start) * SAMPLE_RATE) * 2 for time in (span.start, span.end))
    return max(0, first), max(0, last)
