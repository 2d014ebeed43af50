"""Levels of a stream, however it is cut into pieces."""

import numpy as np
import pytest

from transcriptions.engine.loudness import LOWEST_DB, Meter


def tone(level_db: float, seconds: float = 4.0) -> bytes:
    """A sine whose mean power is so many dB below a square wave of full scale."""
    peak = 10 ** (level_db / 20) * 2**0.5
    time = np.arange(int(16_000 * seconds)) / 16_000
    return (np.clip(np.sin(2 * np.pi * 440 * time) * peak, -1, 1) * 32767).astype("<i2").tobytes()


def measured(sound: bytes, size: int) -> Meter:
    meter = Meter()
    for start in range(0, len(sound), size):
        meter.take(sound[start : start + size])
    return meter


@pytest.mark.parametrize("level", [-6.0, -20.0, -45.0])
@pytest.mark.parametrize("size", [1000, 32_000, 10**9])
def test_a_level_is_measured(level: float, size: int) -> None:
    meter = measured(tone(level), size)
    assert meter.loudness_db == pytest.approx(level, abs=0.3)
    assert meter.peak_db == pytest.approx(level + 3, abs=0.3)
    assert meter.clipped == 0


def test_pauses_do_not_count() -> None:
    meter = measured(tone(-20) + bytes(32_000 * 20), 32_000)
    assert meter.loudness_db == pytest.approx(-20, abs=0.3)


def test_what_is_overdriven_is_counted() -> None:
    assert measured(tone(6), 32_000).clipped_share > 0.3


@pytest.mark.parametrize("sound", [b"", bytes(32_000), bytes(10)])
def test_silence_has_the_lowest_level(sound: bytes) -> None:
    meter = measured(sound, 1000)
    assert (meter.loudness_db, meter.peak_db, meter.clipped_share) == (LOWEST_DB, LOWEST_DB, 0.0)
