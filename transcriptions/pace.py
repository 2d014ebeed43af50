"""How long recordings of a length take: a line, learned from those that are done, and how far they lie from it.

A recording of L seconds takes `fixed_seconds + seconds_a_second * L`: opening the file, the first look for work and the
announcements cost the same for a voice note and for a lecture. Both numbers come from least squares over the errors as
shares (a minute too much is nothing for an hour), the older recordings fading: the five sums of a row are all that is
kept. Recordings of one length alone cannot tell the two numbers apart, so the fixed part is held, loosely, to what
FIXED_LENGTH seconds of recording cost. Shares count against the time taken, so that one that took far too long, over a
night with no worker, weighs next to nothing. Pure arithmetic; does not look at any row but the one it is given.
"""

from dataclasses import dataclass, replace
from math import exp, log, sqrt

from transcriptions.models import Speed

FADING = 0.9  # of what is known with each recording: the last ten or so count
FIXED_LENGTH = 10.0  # seconds of recording that take as long as what is fixed
LOOSELY = 0.02  # the weight of that against a measurement
SURPRISE = 4.0  # times longer or shorter than expected is as much as one recording may say
SPREAD_FADING = 0.8
PRIOR_SPREAD, LEAST_SPREAD = 0.45, 0.1  # standard deviations of the logarithm
FOUR_OF_FIVE = 1.28  # standard deviations to either side that hold four of five

# Before anything was measured. CPU: seconds of recording a second, base and balanced on two slow cores
# (docs/benchmarks.md); CUDA: a guess.
PRIOR_SPEEDS = {"cpu": 8.0, "cuda": 80.0}
MODEL_COSTS = {"tiny": 0.6, "base": 1.0, "small": 3.0, "medium": 8.0, "large-v3-turbo": 6.0, "large": 15.0}
PRESET_COSTS = {"fast": 0.6, "balanced": 1.0, "accurate": 2.5}


@dataclass(frozen=True)
class Range:
    """Four of five times it takes between `low` and `high` seconds; `middle` is wrong by as much either way."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        return sqrt(self.low * self.high)


@dataclass(frozen=True)
class Pace:
    """Seconds one speech worker takes for any recording, and for each second of it. `spread`: the standard deviation of
    the logarithm of the real time over the expected one."""

    fixed_seconds: float
    seconds_a_second: float
    spread: float

    def seconds(self, length: float) -> float:
        return self.fixed_seconds + self.seconds_a_second * length

    def around(self, seconds: float) -> Range:
        factor = exp(FOUR_OF_FIVE * self.spread)
        return Range(seconds / factor, seconds * factor)

    def times(self, cost: float) -> "Pace":
        """For work that costs so much more, as a guess."""
        return replace(self, seconds_a_second=self.seconds_a_second * cost, spread=PRIOR_SPREAD)


def prior(model: str, device: str, preset: str) -> Pace:
    """model: a name or a folder; device: "cpu" or "cuda", whatever follows."""
    name = model.rstrip("/").rsplit("/", 1)[-1]
    size = next((cost for start, cost in MODEL_COSTS.items() if name.startswith(start)), 1.0)
    speed = PRIOR_SPEEDS["cuda" if device.startswith("cuda") else "cpu"]
    seconds = size * preset_cost(preset) / speed
    return Pace(FIXED_LENGTH * seconds, seconds, PRIOR_SPREAD)


def preset_cost(preset: str) -> float:
    """Against balanced, as measured (docs/benchmarks.md)."""
    return PRESET_COSTS.get(preset, 1.0)


def of(row: Speed) -> Pace:
    """What the row has learned; it has taken in at least one recording."""
    return Pace(row.fixed_seconds, row.seconds_a_second, max(sqrt(row.spread), LEAST_SPREAD))


def take_in(row: Speed, length: float, seconds: float) -> None:
    """Learn that a recording of `length` seconds took `seconds`, both above 0. Changes the row without saving it."""
    if row.recordings:
        expected = of(row).seconds(length)
        seconds = min(max(seconds, expected / SURPRISE), expected * SURPRISE)
        error = log(seconds / expected)
        row.spread = SPREAD_FADING * row.spread + (1 - SPREAD_FADING) * error * error
    else:
        row.sums, row.spread = [0.0] * 5, PRIOR_SPREAD**2
    u, v = 1 / seconds, length / seconds
    row.sums = [FADING * old + new for old, new in zip(row.sums, (u * u, u * v, v * v, u, v), strict=True)]
    row.fixed_seconds, row.seconds_a_second = _line(*row.sums)
    row.recordings += 1


def _line(uu: float, uv: float, vv: float, u: float, v: float) -> tuple[float, float]:
    """The fixed and the proportional part, neither below nothing, that leave the least of the sum of
    (1 - fixed * u - part * v)² + LOOSELY * ((fixed - FIXED_LENGTH * part) * u)², u and v being 1 and the length over
    the seconds taken."""
    a, b, c = uu * (1 + LOOSELY), uv - LOOSELY * FIXED_LENGTH * uu, vv + LOOSELY * FIXED_LENGTH**2 * uu
    determinant = a * c - b * b
    fixed, part = (c * u - b * v) / determinant, (a * v - b * u) / determinant
    tied = (FIXED_LENGTH * u + v) / (FIXED_LENGTH**2 * uu + 2 * FIXED_LENGTH * uv + vv)
    if part < tied / 10:  # the long ones took no longer than the short ones: chance
        return FIXED_LENGTH * tied, tied
    return (fixed, part) if fixed > 0 else (0.0, v / vv)
