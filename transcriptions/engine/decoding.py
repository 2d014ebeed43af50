"""What a model is asked and what it answers, window by window."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from transcriptions.engine.options import Task
from transcriptions.engine.values import Span, Word

Sound = Callable[[Span], NDArray[np.float32]]
"""Gives the samples of a stretch of a recording: 16 kHz mono, -1 to 1. Fewer where the recording ends."""


FRAMES_PER_SECOND = 100
WHOLE_FRAMES = 3000  # the 30 s that Whisper was trained on
MARGIN_FRAMES = 100  # silence after a window's sound, or the decoder does not see that it ended
# What a window is padded to. Its own length would be enough, but then what it is padded to, and with it what is heard,
# would depend on the windows that happen to be decoded with it.
LENGTHS = range(600, WHOLE_FRAMES + 1, 200)


def padded(frames: int) -> int:
    """How long a window of so many frames is made."""
    return next(length for length in LENGTHS if length >= min(WHOLE_FRAMES, frames + MARGIN_FRAMES))


@dataclass(frozen=True)
class Request:
    """One window to decode.

    features: log-mel, shape (mels, frames). prompt: token ids of text that went before. whole: padded to 30 s, as
    Whisper was trained, instead of to its own length. temperature: 0 searches with the beam, more draws `best_of` 5.
    """

    features: NDArray[np.float32] = field(repr=False)
    language: str
    task: Task = "transcribe"
    prompt: tuple[int, ...] = ()
    beam_size: int = 5
    whole: bool = False
    temperature: float = 0.0

    @property
    def frames(self) -> int:
        return int(self.features.shape[1])

    @property
    def length(self) -> int:
        """Frames it is padded to."""
        return WHOLE_FRAMES if self.whole else padded(self.frames)

    @property
    def kind(self) -> tuple[object, ...]:
        """Requests of one kind can share a batch, and are answered as if each were alone."""
        return (self.language, self.task, len(self.prompt), self.beam_size, self.length, self.whole, self.temperature)


@dataclass(frozen=True)
class Hypothesis:
    """What was heard in a window. Words have times in seconds of the window; `tokens` are the text's.

    broken_off: it had no room for more, though the sound goes on.
    """

    tokens: tuple[int, ...]
    words: tuple[Word, ...]
    avg_logprob: float
    no_speech_prob: float
    temperature: float = 0.0
    broken_off: bool = False

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words).strip()

    @property
    def compression_ratio(self) -> float:
        """Bytes to compressed bytes: text that repeats itself has a high one."""
        content = self.text.encode()
        return len(content) / len(zlib.compress(content)) if content else 0.0


class Model(Protocol):
    """A loaded model; engine.whisper has the real one."""

    @property
    def is_multilingual(self) -> bool: ...

    def features(self, samples: NDArray[np.float32]) -> NDArray[np.float32]: ...

    def tokens(self, text: str) -> tuple[int, ...]: ...

    def languages(self, features: Sequence[NDArray[np.float32]]) -> list[dict[str, float]]: ...

    def decode(self, requests: Sequence[Request]) -> list[Hypothesis]: ...
