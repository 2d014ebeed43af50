"""How loud a stream of sound is, measured as it passes. Pure; does not change it."""

from array import array
from dataclasses import dataclass, field
from math import log10

import numpy as np

from transcriptions.engine.speech import samples
from transcriptions.engine.values import SAMPLE_RATE

BLOCK = SAMPLE_RATE * 2 // 5  # samples: 0.4 s, as in ITU-R BS.1770
SILENT_DB, GATE_DB = -70.0, 10.0  # blocks that are not counted: below the first, or so much below the mean of the rest
CLIPPED = 32_700 / 32_768
LOWEST_DB = -120.0


@dataclass
class Meter:
    """Feed it s16le mono sound of 16 kHz with `take`, in pieces of whole samples. Levels are in dB of full scale."""

    peak: float = 0.0
    clipped: int = 0
    heard: int = 0
    _powers: "array[float]" = field(default_factory=lambda: array("f"))
    _rest: bytes = b""

    def take(self, chunk: bytes) -> None:
        values = samples(self._rest + chunk)
        whole = len(values) // BLOCK * BLOCK
        self._rest = (self._rest + chunk)[whole * 2 :]
        new = np.abs(samples(chunk))
        if len(new):
            self.peak = max(self.peak, float(new.max()))
            self.clipped += int((new >= CLIPPED).sum())
            self.heard += len(new)
        self._powers.extend(np.square(values[:whole].reshape(-1, BLOCK)).mean(axis=1).tolist())

    @property
    def peak_db(self) -> float:
        return level_db(self.peak**2)

    @property
    def loudness_db(self) -> float:
        """The mean level of the blocks that are not silence: gated as BS.1770 does, without its weighting."""
        loud = [power for power in self._powers if level_db(power) > SILENT_DB]
        if not loud:
            return LOWEST_DB
        gate = level_db(sum(loud) / len(loud)) - GATE_DB
        counted = [power for power in loud if level_db(power) > gate]
        return level_db(sum(counted) / len(counted))

    @property
    def clipped_share(self) -> float:
        return self.clipped / self.heard if self.heard else 0.0


def level_db(power: float) -> float:
    """Of a power, a square wave of full scale being 1."""
    return max(LOWEST_DB, 10 * log10(power)) if power > 0 else LOWEST_DB
