"""What the engine takes and gives. All times are seconds from the start of the recording."""

from dataclasses import dataclass, field
from enum import StrEnum

SAMPLE_RATE = 16_000  # Hz, what Whisper and Silero were trained on
BYTES_PER_SECOND = SAMPLE_RATE * 2  # mono, signed 16 bit, little endian


@dataclass(frozen=True)
class Span:
    """A stretch of time."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class AudioTrack:
    """One audio stream of a file; `index` counts audio streams from 0."""

    index: int
    codec: str
    sample_rate: int
    channels: int
    language: str = ""
    title: str = ""
    default: bool = False


@dataclass(frozen=True)
class Probe:
    """What the header of a media file says. `duration_seconds` is None where it does not say."""

    container: str
    duration_seconds: float | None
    audio_tracks: tuple[AudioTrack, ...]


@dataclass(frozen=True)
class Shard:
    """A stretch of sound between two silences: `pcm` is 16 kHz mono s16le, `speech` the voiced runs in it."""

    index: int
    start: float
    end: float
    pcm: bytes = field(repr=False)
    speech: tuple[Span, ...]


@dataclass(frozen=True)
class Word:
    start: float
    end: float
    text: str
    probability: float


@dataclass(frozen=True)
class Segment:
    """What Whisper says between two of its timestamps. `avg_logprob` is the mean log-probability of its tokens."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0
    compression_ratio: float = 0.0
    temperature: float = 0.0


@dataclass(frozen=True)
class Language:
    """ISO 639 code as Whisper names it ("en", "pt", "yue"), and how sure it is, 0 to 1."""

    code: str
    probability: float


class Doubt(StrEnum):
    """Why a window is decoded again. The names are those of the counters."""

    REPEATS = "repeats"  # the same words again and again
    IMPROBABLE = "improbable"  # the model itself is not sure
    UNCOVERED = "uncovered"  # somebody speaks and nothing is written: it stopped early
    TOO_MANY = "too_many"  # more than anybody can say in the time
    BROKEN_OFF = "broken_off"  # the text is longer than was allowed for
    NO_SPEECH = "no_speech"  # text, though the model thinks that nobody speaks
