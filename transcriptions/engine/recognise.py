"""Speech to segments, with models that stay in memory. Does not decode files or find speech."""

import gc
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transcriptions.engine.device import Device
from transcriptions.engine.options import Options
from transcriptions.engine.values import Language, Segment, Span, Word


@dataclass(frozen=True)
class ModelKey:
    """What makes two loaded models different."""

    folder: Path
    device: Device


@dataclass(frozen=True)
class PoolStatistics:
    held: tuple[str, ...]
    loads: int
    uses: int
    unloads: int


@dataclass
class _Resident:
    model: Any
    users: int = 0
    used_at: float = field(default_factory=time.monotonic)


def load_whisper(key: ModelKey) -> Any:
    """A faster_whisper.WhisperModel from a local folder."""
    from faster_whisper import WhisperModel  # noqa: PLC0415 - CTranslate2 takes a second; only who recognises pays

    return WhisperModel(
        str(key.folder), device=key.device.name, compute_type=key.device.compute_type, local_files_only=True
    )


class ModelPool:
    """Models of one process: loaded once, counted while in use, unloaded when idle. Thread-safe."""

    def __init__(self, load: Callable[[ModelKey], Any] = load_whisper) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._residents: dict[ModelKey, _Resident] = {}
        self._loads = self._uses = self._unloads = 0

    @contextmanager
    def use(self, key: ModelKey) -> Iterator[Any]:
        """The model, kept in memory at least until the block ends. Two threads load it once."""
        with self._lock:
            resident = self._residents.get(key)
            if resident is None:
                resident = self._residents[key] = _Resident(self._load(key))
                self._loads += 1
            resident.users += 1
            self._uses += 1
        try:
            yield resident.model
        finally:
            with self._lock:
                resident.users -= 1
                resident.used_at = time.monotonic()

    def unload_idle(self, seconds: float) -> int:
        """Unload what nobody has used for so long; returns how many."""
        with self._lock:
            limit = time.monotonic() - seconds
            idle = [key for key, held in self._residents.items() if not held.users and held.used_at <= limit]
            for key in idle:
                del self._residents[key]
            self._unloads += len(idle)
        if idle:
            gc.collect()
        return len(idle)

    def statistics(self) -> PoolStatistics:
        with self._lock:
            held = tuple(f"{key.folder.name} ({key.device.name}, {key.device.compute_type})" for key in self._residents)
            return PoolStatistics(held=held, loads=self._loads, uses=self._uses, unloads=self._unloads)


@dataclass(frozen=True)
class Recognition:
    """`segments` may be read once, and is the work itself."""

    language: Language
    segments: Iterator[Segment]


def recognise(
    model: Any, sound: NDArray[np.float32], speech: Sequence[Span], options: Options, *, offset: float = 0.0
) -> Recognition:
    """Recognise the parts of `sound` that somebody speaks in.

    sound: 16 kHz mono, -1 to 1, shape (samples,), whose first sample stands at `offset` in the recording.
    speech: non-empty, in the recording's time, ascending. Segments come in order, in the recording's time.
    """
    clips = [round(time - offset, 3) for span in speech for time in (span.start, span.end)]
    segments, info = model.transcribe(
        sound,
        language=options.language or None,
        task=options.task,
        beam_size=options.beam_size,
        word_timestamps=options.word_timestamps,
        clip_timestamps=clips,
    )
    language = Language(info.language, float(info.language_probability))
    return Recognition(language, (_segment(segment, offset) for segment in segments if segment.text.strip()))


def _segment(segment: Any, offset: float) -> Segment:
    return Segment(
        start=round(offset + segment.start, 3),
        end=round(offset + segment.end, 3),
        text=segment.text.strip(),
        words=tuple(
            Word(round(offset + word.start, 3), round(offset + word.end, 3), word.word, round(word.probability, 4))
            for word in segment.words or ()
        ),
        avg_logprob=float(segment.avg_logprob),
        no_speech_prob=float(segment.no_speech_prob),
        compression_ratio=float(segment.compression_ratio),
        temperature=float(segment.temperature or 0.0),
    )
