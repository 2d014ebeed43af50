"""A shard through the engine: its sound from the storage, its language, its windows. Writes only the language."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from numpy import float32
from numpy.typing import NDArray

from transcriptions import configuration, storage
from transcriptions.engine import speech, values
from transcriptions.engine.batching import Batcher
from transcriptions.engine.languages import WINDOW_SECONDS, detect
from transcriptions.engine.model_pool import ModelPool
from transcriptions.engine.options import Options
from transcriptions.engine.pipeline import UNKNOWN_SECONDS
from transcriptions.engine.recognise import Figures, Heard, recognise
from transcriptions.engine.windows import Window, windows
from transcriptions.models import Shard, Transcript
from transcriptions.workflow import state, versions


class SoundLost(Exception):  # noqa: N818 - no error: it is made again
    """The sound is gone or short: removed when the work was stopped and begun again, or lost with the power."""


def hear(shard: Shard, pool: ModelPool, reached: float, figures: Figures) -> Iterator[list[Heard]]:
    """Recognise what of a shard has not been heard yet, some windows at a time.

    reached: seconds of the recording. Raises SoundLost.
    """
    runs = [values.Span(max(start, reached), end) for start, end in shard.speech if end > reached]
    if not runs:
        return
    sound = _StoredSound.of(shard)
    options = Options(**shard.transcript.options)
    key = configuration.model_key(options.model)
    versions.tell(options.model, key.folder)
    with pool.use(key) as batcher:
        yield from recognise(
            batcher,
            sound,
            runs,
            options,
            within=values.Span(reached, shard.end_seconds),
            language=_language(shard, batcher, options),
            rank=_rank(shard.transcript),
            hurry=shard.index == 0 and not reached,
            figures=figures,
        )


def _rank(transcript: Transcript) -> float:
    """Among what the model is asked at the same time."""
    if transcript.priority == Transcript.Priority.FIRST:
        return 0.0
    return transcript.duration_seconds or transcript.media.duration_seconds or UNKNOWN_SECONDS


@dataclass(frozen=True)
class _StoredSound:
    """The sound of a shard, read window by window: an engine.decoding.Sound."""

    key: str
    start: float

    @classmethod
    def of(cls, shard: Shard) -> "_StoredSound":
        """Raises SoundLost."""
        expected = (shard.end_seconds - shard.start_seconds) * values.BYTES_PER_SECOND
        try:
            size = storage.size(shard.storage_key)
        except FileNotFoundError:
            raise SoundLost from None
        if abs(size - expected) > 1:
            raise SoundLost
        return cls(shard.storage_key, shard.start_seconds)

    def __call__(self, span: values.Span) -> NDArray[float32]:
        try:
            return speech.samples(storage.read(self.key, *speech.bytes_of(span, self.start)))
        except FileNotFoundError:
            raise SoundLost from None


def _language(shard: Shard, batcher: Batcher, options: Options) -> str:
    """The chosen one, or what the first shard to be heard and those offered with it decide for the recording."""
    known = Transcript.objects.filter(pk=shard.transcript_id)
    if not batcher.model.is_multilingual:
        options = replace(options, language="en")
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

    def places() -> Iterator[tuple[_StoredSound, Window]]:
        yield from ((_StoredSound.of(shard), window) for window in _windows(shard))
        for other in others:
            with suppress(SoundLost):  # somebody has just finished it
                sound = _StoredSound.of(other)
                yield from ((sound, window) for window in _windows(other)[:1])

    return detect(batcher, places())


def _windows(shard: Shard) -> list[Window]:
    runs = [values.Span(start, end) for start, end in shard.speech]
    return windows(runs, WINDOW_SECONDS, values.Span(shard.start_seconds, shard.end_seconds))
