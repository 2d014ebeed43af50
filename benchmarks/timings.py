"""Where this engine's time goes: clocks put around its functions from outside, in the measuring process.

The engine knows nothing of it. A part's CPU seconds are the whole process's while it lasts, so the parts are those of
a recording that is recognised alone; what the parts do not cover is the rest.
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


class Clocks:
    """Seconds by part. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent: dict[str, Spent] = defaultdict(Spent)

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
    """Clocks around the engine's functions, until the block ends. Raises AttributeError when one has gone."""
    clocks = Clocks()
    places = [(part, getattr(import_module(module), owner), name) for part, module, owner, name in PLACES]
    before = [(owner, name, getattr(owner, name)) for _, owner, name in places]
    for part, owner, name in places:
        around = _around_steps if name == "pcm" else _around
        setattr(owner, name, around(getattr(owner, name), functools.partial(clocks.running, part)))
    try:
        yield clocks
    finally:
        for owner, name, function in before:
            setattr(owner, name, function)


def _around(function: Callable[..., Any], running: Callable[[], Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def timed(*given: Any, **named: Any) -> Any:
        with running():
            return function(*given, **named)

    return timed


def _around_steps(function: Callable[..., Iterator[Any]], running: Callable[[], Any]) -> Callable[..., Iterator[Any]]:
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
