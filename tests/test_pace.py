"""The moving figure: how soon it is right, and what cannot throw it off."""

import math
from random import Random
from statistics import median

import pytest

from transcriptions import pace
from transcriptions.engine.options import PRESETS
from transcriptions.models import Speed


class Machine:
    """Takes `fixed + part * length` seconds, give or take; lengths from a voice note to an hour."""

    def __init__(self, seed: int, fixed: float = 1.0, part: float = 0.12, noise: float = 0.2) -> None:
        self.random = Random(seed)  # noqa: S311 - no secret
        self.fixed, self.part, self.noise = fixed, part, noise

    def recording(self) -> float:
        return math.exp(self.random.uniform(math.log(5), math.log(3600)))

    def takes(self, length: float) -> float:
        return (self.fixed + self.part * length) * self.random.lognormvariate(0, self.noise)

    def teach(self, row: Speed, recordings: int) -> None:
        for length in [self.recording() for _ in range(recordings)]:
            pace.take_in(row, length, self.takes(length))

    def ratios(self, row: Speed, recordings: int) -> list[float]:
        """Said over real, of recordings that are not learned from."""
        its = pace.of(row)
        return [its.seconds(length) / self.takes(length) for length in [self.recording() for _ in range(recordings)]]


def new() -> Speed:
    return Speed(model="base", device="cpu, int8", preset="balanced")


def errors(ratios: list[float]) -> list[float]:
    return [abs(ratio - 1) for ratio in ratios]


@pytest.mark.parametrize(("fixed", "part"), [(1.0, 0.12), (3.0, 0.05), (0.3, 0.01), (2.0, 5.0)])
def test_after_ten_recordings_half_of_the_forecasts_are_within_a_quarter(fixed: float, part: float) -> None:
    for seed in range(20):
        machine, row = Machine(seed, fixed, part), new()
        machine.teach(row, 10)
        assert median(errors(machine.ratios(row, 50))) < 0.25, seed


def test_it_tells_what_is_fixed_from_what_grows() -> None:
    row = new()
    Machine(1, fixed=3.0, part=0.05, noise=0.05).teach(row, 20)
    assert row.fixed_seconds == pytest.approx(3.0, rel=0.2)
    assert row.seconds_a_second == pytest.approx(0.05, rel=0.2)


def test_the_range_holds_about_four_of_five() -> None:
    held = []
    for seed in range(30):
        machine, row = Machine(seed, noise=0.3), new()
        machine.teach(row, 30)
        its = pace.of(row)
        for length in (10.0, 100.0, 1000.0):
            said = its.around(its.seconds(length))
            held.append(said.low <= machine.takes(length) <= said.high)
    assert 0.65 <= sum(held) / len(held) <= 0.95


def test_the_first_recording_settles_it_however_wrong_the_prior() -> None:
    row = new()
    pace.take_in(row, 60.0, 700.0)
    assert pace.of(row).seconds(60.0) == pytest.approx(700.0)
    assert pace.of(row).seconds(30.0) < 500


@pytest.mark.parametrize("length", [5.0, 3600.0])
def test_recordings_of_one_length_give_numbers_that_can_be(length: float) -> None:
    row = new()
    for seconds in (4.0, 3.0, 5.0, 4.0):
        pace.take_in(row, length, seconds)
    assert row.fixed_seconds >= 0
    assert row.seconds_a_second > 0
    assert pace.of(row).seconds(length) == pytest.approx(4.0, rel=0.25)


def test_long_ones_that_took_no_longer_than_short_ones_give_numbers_that_can_be() -> None:
    row = new()
    for length, seconds in ((5.0, 9.0), (300.0, 8.0), (6.0, 9.0), (350.0, 7.0)):
        pace.take_in(row, length, seconds)
    assert row.fixed_seconds >= 0
    assert row.seconds_a_second > 0


def test_a_night_without_a_worker_is_hardly_counted() -> None:
    machine, row = Machine(2), new()
    machine.teach(row, 10)
    before = pace.of(row).seconds(600.0)
    pace.take_in(row, 600.0, 30_000.0)
    assert pace.of(row).seconds(600.0) == pytest.approx(before, rel=0.2)


def test_a_faster_machine_is_noticed() -> None:
    slow, fast, row = Machine(3), Machine(3, fixed=0.3, part=0.02), new()
    slow.teach(row, 20)
    fast.teach(row, 10)
    assert median(errors(fast.ratios(row, 50))) < 0.3


def test_the_prior_knows_that_larger_models_and_more_care_take_longer() -> None:
    def seconds(model: str, device: str = "cpu, int8", preset: str = "balanced") -> float:
        return pace.prior(model, device, preset).seconds(600)

    assert seconds("tiny.en") < seconds("base") < seconds("small") < seconds("medium") < seconds("large-v3")
    assert seconds("large-v3-turbo") < seconds("large-v3")
    assert seconds("base", preset="fast") < seconds("base") < seconds("base", preset="accurate")
    assert seconds("base", "cuda:1, float16") < seconds("base")
    assert seconds("/srv/models/small/") == seconds("small")
    assert seconds("Systran/of-our-own") == seconds("base")


def test_every_preset_has_its_cost() -> None:
    assert set(pace.PRESET_COSTS) == set(PRESETS)
