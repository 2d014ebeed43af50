"""Quiet sound is raised, usual sound is left alone, and nothing is ever overdriven by it."""

import numpy as np
import pytest

from transcriptions.engine.gain import MOST_DB, RAISED_PEAK_DB, Raiser
from transcriptions.engine.loudness import Meter
from transcriptions.engine.speech import samples


def tone(peak_db: float, seconds: float = 4.0) -> bytes:
    time = np.arange(int(16_000 * seconds)) / 16_000
    return (np.sin(2 * np.pi * 440 * time) * 10 ** (peak_db / 20) * 32767).astype("<i2").tobytes()


def raised(sound: bytes, size: int = 32_000) -> bytes:
    return b"".join(Raiser().raised(sound[start : start + size] for start in range(0, len(sound), size)))


def peak_db(sound: bytes) -> float:
    meter = Meter()
    meter.take(sound)
    return meter.peak_db


@pytest.mark.parametrize("level", [0.0, -10.0, -23.5])
def test_a_usual_level_stays_as_it_is(level: float) -> None:
    sound = tone(level)
    assert raised(sound) == sound


@pytest.mark.parametrize("level", [-25.0, -40.0, -50.0])
def test_quiet_sound_comes_to_one_level(level: float) -> None:
    assert peak_db(raised(tone(level))) == pytest.approx(RAISED_PEAK_DB, abs=0.5)


def test_there_is_a_limit() -> None:
    assert peak_db(raised(tone(-70.0))) == pytest.approx(-70.0 + MOST_DB, abs=1.5)


def test_how_much_is_told() -> None:
    raiser = Raiser()
    list(raiser.raised([tone(-42.0)]))
    assert raiser.gain_db == pytest.approx(30.0, abs=0.5)
    assert Raiser().gain_db == 0.0


def test_it_does_not_matter_how_the_sound_arrives() -> None:
    sound = tone(-40.0) + tone(-20.0) + tone(-45.0) + b"\x01"
    assert raised(sound, 999) == raised(sound, 10**9)
    assert len(raised(sound, 999)) == len(sound) - 1


def test_what_is_loud_after_what_is_quiet_is_not_overdriven() -> None:
    sound = tone(-50.0, 2.0) + tone(-3.0, 2.0)
    assert peak_db(raised(sound)) == pytest.approx(-3.0, abs=0.1)


def test_after_a_click_the_rest_is_raised_in_time() -> None:
    sound = tone(-1.0, 0.1) + tone(-40.0, 200.0)
    assert peak_db(raised(sound)[-32_000:]) == pytest.approx(RAISED_PEAK_DB, abs=0.5)


def test_silence_stays_silence() -> None:
    assert not samples(raised(bytes(64_000))).any()
