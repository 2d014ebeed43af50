"""Peaks: where the sound is loud, whatever the cuts."""

from itertools import pairwise

import numpy as np
import pytest

from transcriptions.engine.peaks import PEAKS_PER_SECOND, joined, peaks
from transcriptions.engine.values import BYTES_PER_SECOND, SAMPLE_RATE


def tone(seconds: float, level: float) -> bytes:
    samples = np.full(int(seconds * SAMPLE_RATE), level * 32767)
    samples[::2] *= -1
    return samples.astype("<i2").tobytes()


def test_there_are_ten_a_second_and_they_are_the_level() -> None:
    found = peaks(tone(2, 0.5) + tone(1, 0) + tone(1, 1.0), 0.0)
    assert len(found) == 4 * PEAKS_PER_SECOND
    assert set(found[:20]) == {127}
    assert set(found[20:30]) == {0}
    assert set(found[30:]) == {255}


def test_the_lowest_sample_does_not_overflow() -> None:
    assert peaks(np.full(1600, -32768, "<i2").tobytes(), 0.0) == b"\xff"


def test_no_sound_has_no_peaks() -> None:
    assert peaks(b"", 3.0) == b""
    assert joined([]) == b""


@pytest.mark.parametrize("cuts", [(0.096,), (1.0, 1.024, 2.496), (0.512, 3.9)])
def test_parts_joined_are_the_peaks_of_the_whole(cuts: tuple[float, ...]) -> None:
    whole = np.random.default_rng(1).integers(-32768, 32767, 4 * SAMPLE_RATE).astype("<i2").tobytes()
    edges = [0.0, *cuts, 4.0]
    parts = [
        (start, peaks(whole[round(start * BYTES_PER_SECOND) : round(end * BYTES_PER_SECOND)], start))
        for start, end in pairwise(edges)
    ]
    assert joined(parts) == peaks(whole, 0.0)


def test_sound_that_begins_later_and_a_hole_are_silent() -> None:
    one = peaks(tone(1, 1.0), 2.0)
    assert joined([(2.0, one), (4.0, one)]) == bytes(20) + b"\xff" * 10 + bytes(10) + b"\xff" * 10
