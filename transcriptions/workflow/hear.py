"""A shard through the engine: its sound from the storage, its language, its windows. Writes only the language."""

from collections.abc import Iterator
from dataclasses import dataclass

from numpy import float32
from numpy.typing import NDArray

from transcriptions import configuration, storage
from transcriptions.engine import speech, values
from transcriptions.engine.batching import Batcher
from transcriptions.engine.languages import WINDOW_SECONDS, detect
from transcriptions.engine.model_pool import ModelPool
from transcriptions.engine.options import Options
from transcriptions.engine.recognise import Figures, Heard, recognise
from transcriptions.engine.windows import Window, windows
from transcriptions.models import Shard, Transcript
from transcriptions.workflow import state


def hear(shard: Shard, pool: ModelPool, reached: float, figures: Figures) -> Iterator[Heard]:
    """Recognise what of a shard has not been heard yet, window by window.

    reached: seconds of the recording. Raises FileNotFoundError when the sound is gone or short.
    """
    runs = [values.Span(max(start, reached), end) for start, end in shard.speech if end > reached]
    if not runs:
        return
    sound = _StoredSound.of(shard)
    options = Options(**shard.transcript.options)
    with pool.use(configuration.model_key(options.model)) as batcher:
        language = _language(shard, batcher, options)
        rank = (_recording_seconds(shard.transcript), shard.transcript_id, shard.index)
        hurry = shard.index == 0 and not reached
        yield from recognise(batcher, sound, runs, options, language=language, rank=rank, hurry=hurry, figures=figures)


def _recording_seconds(transcript: Transcript) -> float:
    return transcript.duration_seconds or transcript.media.duration_seconds or float("inf")


@dataclass(frozen=True)
class _StoredSound:
    """The sound of a shard, read window by window: an engine.decoding.Sound."""

    key: str
    start: float

    @classmethod
    def of(cls, shard: Shard) -> "_StoredSound":
        """Raises FileNotFoundError when it is gone or short: removed when the work stopped, or lost with the power."""
        expected = (shard.end_seconds - shard.start_seconds) * values.BYTES_PER_SECOND
        if abs(storage.size(shard.storage_key) - expected) > 1:
            raise FileNotFoundError(shard.storage_key)
        return cls(shard.storage_key, shard.start_seconds)

    def __call__(self, span: values.Span) -> NDArray[float32]:
        return speech.samples(storage.read(self.key, *speech.bytes_of(span, self.start)))


def _language(shard: Shard, batcher: Batcher, options: Options) -> str:
    """The chosen one, or what the first shard to be heard and those offered with it decide for the recording."""
    known = Transcript.objects.filter(pk=shard.transcript_id)
    code = options.language or known.values_list("language", flat=True).get()
    if not code:
        found = _detect(shard, batcher)
        known.filter(language="").update(language=found.code, language_probability=found.probability)
        code = known.values_list("language", flat=True).get()
    elif options.language:
        known.filter(language="").update(language=code, language_probability=1.0)
    return code


def _detect(shard: Shard, batcher: Batcher) -> values.Language:
    """Several windows of the recording vote: those of this shard, then one of each other that is there."""
    others = state.offered().filter(transcript=shard.transcript_id).exclude(pk=shard.pk).order_by("index")

    def places() -> Iterator[tuple[Shard, Window]]:
        yield from ((shard, window) for window in _windows(shard))
        yield from ((other, window) for other in others for window in _windows(other)[:1])

    return detect(batcher, ((_StoredSound.of(place), window) for place, window in places()))


def _windows(shard: Shard) -> list[Window]:
    return windows([values.Span(start, end) for start, end in shard.speech], WINDOW_SECONDS)
