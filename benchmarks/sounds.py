"""Sounds in which nobody speaks, made by arithmetic: whatever a system writes about them it has made up."""

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.values import Item, Recording
from transcriptions.engine.values import SAMPLE_RATE

SECONDS = 30
SEED = 20_261_123
MAINS = 50.0  # Hz
CHORDS = ((220.0, 261.63, 329.63), (174.61, 220.0, 261.63), (261.63, 329.63, 392.0), (196.0, 246.94, 293.66))  # Hz
CHORD_SECONDS = 1.5

Samples = NDArray[np.float64]


# Each of these takes times in seconds and gives samples, -1 to 1.
def silence(times: Samples) -> Samples:
    return np.zeros_like(times)


def noise(times: Samples) -> Samples:
    return np.random.default_rng(SEED).normal(0.0, 0.1, times.shape)


def hum(times: Samples) -> Samples:
    """A badly earthed microphone: the mains and their overtones."""
    tones = [np.sin(2 * np.pi * MAINS * overtone * times) / overtone for overtone in (1, 2, 3, 5, 7)]
    return np.asarray(0.2 * np.sum(tones, axis=0))


def music(times: Samples) -> Samples:
    """Four plucked chords in turn, with overtones."""
    since = times % CHORD_SECONDS
    which = (times // CHORD_SECONDS).astype(int) % len(CHORDS)
    tones = [
        np.sin(2 * np.pi * np.choose(which, [chord[note] for chord in CHORDS]) * overtone * since) / overtone**2
        for note in range(3)
        for overtone in (1, 2, 3)
    ]
    return np.asarray(0.15 * np.exp(-2.0 * since) * np.sum(tones, axis=0))


SOUNDS: dict[str, Callable[[Samples], Samples]] = {
    "silence": silence,
    "white noise": noise,
    "hum": hum,
    "music": music,
}


def items(folder: Path, seconds: float = SECONDS) -> list[Item]:
    """One wav file a sound, in `folder`; said to be English, because a language has to be given."""
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return [_item(name, make(times), folder, seconds) for name, make in SOUNDS.items()]


def _item(name: str, samples: Samples, folder: Path, seconds: float) -> Item:
    path = folder / f"{name.replace(' ', '-')}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes())
    return Item(name, "no words", (Recording(name, path, "en", seconds, ""),))
