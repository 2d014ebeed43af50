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
    """One audio stream of a file; `index` counts audio streams from 0.

    bit_rate: bits a second, None where the file does not say. start_seconds: by the file's own clock. offset_seconds:
    how much later than the first of all sound and video it begins. duration_seconds: its own, None where only that of
    the whole file is known.
    """

    index: int
    codec: str
    sample_rate: int
    channels: int
    language: str = ""
    title: str = ""
    default: bool = False
    # From here on unknown for recordings that were probed by an earlier version.
    bit_rate: int | None = None
    channel_layout: str = ""
    start_seconds: float = 0.0
    offset_seconds: float = 0.0
    duration_seconds: float | None = None


@dataclass(frozen=True)
class Probe:
    """What the header of a media file says. `duration_seconds` is None where it does not say.

    bit_rate: bits a second of all together, None where the header does not say. video: is there a film, and not only a
    picture on the cover? stream_count: all that the file has; audio_tracks are the first of them only.
    """

    container: str
    duration_seconds: float | None
    audio_tracks: tuple[AudioTrack, ...]
    bit_rate: int | None = None
    video: bool = False
    video_codec: str = ""
    stream_count: int = 0


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


FIGURES = ("avg_logprob", "no_speech_prob", "compression_ratio", "temperature")  # of the recognition, in a Segment


@dataclass(frozen=True)
class Segment:
    """What Whisper says between two of its timestamps. `avg_logprob` is the mean log-probability of its tokens.

    corrected: a person has said what it is; the four figures of the recognition are not those of this text.
    """

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0
    compression_ratio: float = 0.0
    temperature: float = 0.0
    speaker: str = ""
    corrected: bool = False


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


@dataclass(frozen=True)
class Heading:
    """What a file says of the recording as a whole. `duration_seconds` is None where it is not known."""

    language: str = ""
    duration_seconds: float | None = None
    model: str = ""
    title: str = ""
