"""Where this engine's time goes: clocks put around its functions from outside, in the measuring process.

The engine knows nothing of it. A part's CPU seconds are the whole process's while it lasts, so that only one thing is
done at a time, a shard and a batch, in the order of the steps; what the parts do not cover is the rest.
"""

import functools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from benchmarks.values import Spent

DECODE = "decode (ffmpeg)"
REST = "rest"
PLACES = (
    (DECODE, "transcriptions.engine.ffmpeg", "FFmpeg", "probe"),
    (DECODE, "transcriptions.engine.ffmpeg", "FFmpeg", "pcm"),
    ("voice activity", "transcriptions.engine.speech", "VoiceActivity", "probabilities"),
    ("features", "transcriptions.engine.whisper", "Whisper", "features"),
    ("encoder", "ctranslate2.models", "Whisper", "encode"),
    ("decoder", "ctranslate2.models", "Whisper", "generate"),
    ("alignment", "ctranslate2.models", "Whisper", "align"),
)
ONE_AT_A_TIME = (
    ("transcriptions.engine.pipeline", "SHARDS_AT_ONCE"),
    ("transcriptions.engine.device", "MOST_SLOTS"),
)


class Clocks:
    """Seconds by part. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent: dict[str, Spent] = defaultdict(Spent)

    def reset(self) -> None:
        self._spent.clear()

    @contextmanager
    def running(self, part: str) -> Iterator[None]:
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            yield
        finally:
            spent = Spent(time.process_time() - cpu, time.perf_counter() - wall)
            with self._lock:
                self._spent[part] += spent

    def parts(self, total: Spent, programs_cpu: float) -> dict[str, Spent]:
        """All of `total`: what programs took belongs to the decoding, what no clock saw to the rest."""
        found = {part: self._spent[part] for part, *_ in PLACES}
        found[DECODE] += Spent(programs_cpu, 0.0)
        return {**found, REST: total - sum(found.values(), Spent())}


@contextmanager
def watching() -> Iterator[Clocks]:
    """Clocks around the engine's functions, until the block ends. Raises AttributeError when one has gone.

    The model is to be loaded in the block.
    """
    clocks = Clocks()
    places: list[tuple[Callable[[Any], Any], Any, str]] = [
        (lambda most: 1, import_module(module), name) for module, name in ONE_AT_A_TIME
    ]
    for part, module, owner, name in PLACES:
        around = _around_steps if name == "pcm" else _around
        running = functools.partial(clocks.running, part)
        places.append((functools.partial(around, running), getattr(import_module(module), owner), name))
    before = [(owner, name, getattr(owner, name)) for _, owner, name in places]
    for change, owner, name in places:
        setattr(owner, name, change(getattr(owner, name)))
    try:
        yield clocks
    finally:
        for owner, name, function in before:
            setattr(owner, name, function)


def _around(running: Callable[[], Any], function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def timed(*given: Any, **named: Any) -> Any:
        with running():
            return function(*given, **named)

    return timed


def _around_steps(running: Callable[[], Any], function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """For a generator: the time it takes to give the next, not what is done with it."""

    @functools.wraps(function)
    def timed(*given: Any, **named: Any) -> Iterator[Any]:
        steps, end = function(*given, **named), object()
        while True:
            with running():
                step = next(steps, end)
            if step is end:
                return
            yield step

    return timed
