"""Models that stay in memory: loaded once a process, counted while in use, unloaded when idle."""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from transcriptions.engine.batching import Batcher, BatchFigures
from transcriptions.engine.device import Device, slots, windows_a_batch


@dataclass(frozen=True)
class ModelKey:
    """What makes two loaded models different."""

    folder: Path
    device: Device


@dataclass(frozen=True)
class PoolFigures:
    held: tuple[str, ...]
    loads: int
    uses: int
    unloads: int
    batches: tuple[BatchFigures, ...]


@dataclass
class _Resident:
    batcher: Batcher
    users: int = 0
    used_at: float = field(default_factory=time.monotonic)


def load(key: ModelKey) -> Batcher:
    """A model from a local folder, with the queue in front of it."""
    from transcriptions.engine.whisper import Whisper  # noqa: PLC0415 - takes a second; only who recognises pays

    whisper = Whisper(key.folder, key.device)
    at_most = windows_a_batch(key.device, (key.folder / "model.bin").stat().st_size)
    return Batcher(whisper, at_most, slots(key.device))


class ModelPool:
    """The models of one process. Thread-safe."""

    def __init__(self, load: Callable[[ModelKey], Batcher] = load) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._residents: dict[ModelKey, _Resident] = {}
        self._loads = self._uses = self._unloads = 0

    @contextmanager
    def use(self, key: ModelKey) -> Iterator[Batcher]:
        """The model, kept in memory at least until the block ends. Two threads load it once."""
        with self._lock:
            resident = self._residents.get(key)
            if resident is None:
                resident = self._residents[key] = _Resident(self._load(key))
                self._loads += 1
            resident.users += 1
            self._uses += 1
        try:
            yield resident.batcher
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

    def figures(self) -> PoolFigures:
        with self._lock:
            return PoolFigures(
                held=tuple(f"{key.folder.name} ({key.device})" for key in self._residents),
                loads=self._loads,
                uses=self._uses,
                unloads=self._unloads,
                batches=tuple(resident.batcher.figures() for resident in self._residents.values()),
            )
