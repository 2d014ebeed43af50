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
    is_leaving: bool = False


def load(key: ModelKey) -> Batcher:
    """A model from a local folder, with the queue in front of it."""
    from transcriptions.engine.whisper import Whisper  # noqa: PLC0415 - takes a second; only who recognises pays

    whisper = Whisper(key.folder, key.device)
    at_most = windows_a_batch(key.device, (key.folder / "model.bin").stat().st_size)
    return Batcher(whisper, at_most, slots(key.device))


class ModelPool:
    """The models of one process. Thread-safe. While one is loaded the others can be used."""

    def __init__(self, load: Callable[[ModelKey], Batcher] = load) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._loading: dict[ModelKey, threading.Lock] = {}
        self._residents: dict[ModelKey, _Resident] = {}
        self._loads = self._uses = self._unloads = 0

    @contextmanager
    def use(self, key: ModelKey) -> Iterator[Batcher]:
        """The model, kept in memory at least until the block ends. Two threads load it once."""
        resident = self._taken(key) or self._loaded(key)
        try:
            yield resident.batcher
        finally:
            with self._lock:
                resident.users -= 1
                resident.used_at = time.monotonic()
            if resident.is_leaving:
                self._unload(lambda held: held.is_leaving)

    def unload_idle(self, seconds: float) -> int:
        """Unload what nobody has used for so long; returns how many."""
        limit = time.monotonic() - seconds
        return self._unload(lambda held: held.used_at <= limit)

    def unload(self, name: str = "") -> int:
        """Unload a model by the name of its folder, or all; returns how many. One in use goes with its last user, if
        nobody takes it again before."""
        with self._lock:
            for key, resident in self._residents.items():
                resident.is_leaving = resident.is_leaving or name in {"", key.folder.name}
        return self._unload(lambda held: held.is_leaving)

    def _loaded(self, key: ModelKey) -> _Resident:
        with self._lock:
            loading = self._loading.setdefault(key, threading.Lock())
        with loading:
            if resident := self._taken(key):
                return resident
            batcher = self._load(key)
            with self._lock:
                self._residents[key] = _Resident(batcher)
                self._loads += 1
                return self._take(key)

    def _taken(self, key: ModelKey) -> _Resident | None:
        with self._lock:
            return self._take(key) if key in self._residents else None

    def _take(self, key: ModelKey) -> _Resident:
        resident = self._residents[key]
        resident.users += 1
        resident.is_leaving = False
        self._uses += 1
        return resident

    def _unload(self, goes: Callable[[_Resident], bool]) -> int:
        with self._lock:
            idle = [key for key, held in self._residents.items() if not held.users and goes(held)]
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
