"""How wrong forecasts were, counted in the buckets of a histogram."""

from bisect import bisect_left
from collections.abc import Sequence

ERRORS = (0.1, 0.25, 0.5, 1.0, 2.0)  # of the real time, up to and with; a last count for those beyond


def counted(counts: Sequence[int], error: float) -> list[int]:
    """The counts of a row with one error more; an empty row has none."""
    place = bisect_left(ERRORS, error)
    return [(counts[index] if counts else 0) + (index == place) for index in range(len(ERRORS) + 1)]
