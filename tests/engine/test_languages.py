"""The language of a recording: windows vote, each by its seconds of speech."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engine.test_batching import Scripted
from transcriptions.engine.batching import Batcher
from transcriptions.engine.languages import detect
from transcriptions.engine.values import Span
from transcriptions.engine.windows import Window


class Told(Scripted):
    """Says of one window after another what it was told to."""

    def __init__(self, *said: dict[str, float]) -> None:
        super().__init__()
        self.said, self.asked = list(said), 0

    def languages(self, features: Sequence[NDArray[np.float32]]) -> list[dict[str, float]]:
        self.asked += 1
        return [self.said.pop(0)]


def sound(span: Span) -> NDArray[np.float32]:
    assert span.seconds <= 6
    return np.zeros(round(span.seconds * 16_000), np.float32)


def windows(*seconds: float) -> list[Window]:
    return [Window(0.0, length, (Span(0.0, length),)) for length in seconds]


def test_two_windows_that_agree_are_enough() -> None:
    model = Told({"pt": 0.95}, {"pt": 0.93}, {"en": 1.0})
    found = detect(Batcher(model, 8), ((sound, window) for window in windows(10, 10, 10)))
    assert found.code == "pt"
    assert found.probability == pytest.approx(0.94)
    assert model.asked == 2


def test_a_short_jingle_does_not_outvote_the_speech() -> None:
    model = Told({"en": 0.95}, {"pt": 0.9}, {"pt": 0.9})
    found = detect(Batcher(model, 8), ((sound, window) for window in windows(2, 14, 14)))
    assert found.code == "pt"
    assert model.asked == 3


def test_it_does_not_ask_for_ever() -> None:
    model = Told(*[{"es": 0.4, "pt": 0.35}] * 20)
    found = detect(Batcher(model, 8), ((sound, window) for window in windows(*[10.0] * 20)))
    assert (found.code, model.asked) == ("es", 8)
