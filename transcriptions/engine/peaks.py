"""A waveform for the eye: the loudest sample of each tenth of a second. Pure; a shard's sound at a time."""

from collections.abc import Iterable

import numpy as np

from transcriptions.engine.values import SAMPLE_RATE

PEAKS_PER_SECOND = 10  # at whole tenths of the recording's time, wherever a shard begins
SAMPLES = SAMPLE_RATE // PEAKS_PER_SECOND


def peaks(pcm: bytes, start: float) -> bytes:
    """One byte a peak, 255 being full scale, of 16 kHz mono s16le that begins at `start`, in seconds."""
    values = np.abs(np.frombuffer(pcm, "<i2").astype(np.int32))
    if not len(values):
        return b""
    first = -(round(start * SAMPLE_RATE) % SAMPLES) % SAMPLES  # where the next tenth begins
    edges = np.unique([0, *range(first, len(values), SAMPLES)])
    loudest = np.maximum.reduceat(values, edges)
    return bytes(np.minimum(loudest >> 7, 255).astype(np.uint8))


def joined(parts: Iterable[tuple[float, bytes]]) -> bytes:
    """Of parts in order, each with its start. A tenth that two share is as loud as its louder half."""
    whole = bytearray()
    for start, part in parts:
        first = round(start * SAMPLE_RATE) // SAMPLES
        whole.extend(bytes(max(0, first - len(whole))))
        shared = min(len(whole) - first, len(part))
        for index in range(shared):
            whole[first + index] = max(whole[first + index], part[index])
        whole += part[max(shared, 0) :]
    return bytes(whole)
