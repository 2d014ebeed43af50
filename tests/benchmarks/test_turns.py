"""Systems alternate, so that what else the machine does hits all alike."""

from pathlib import Path

import pytest

from benchmarks import systems
from benchmarks.systems import SYSTEMS
from benchmarks.turns import HOUR_SYSTEMS, turns
from benchmarks.values import BenchmarkError, Item, Kind, Recording


def item(kind: Kind) -> Item:
    return Item(kind, kind, (Recording(kind, Path("a.wav"), "en", 1.0, "Hello."),))


def test_every_system_hears_an_item_before_the_next_in_another_order_each_time() -> None:
    found = [(turn.repeat, turn.system) for turn in turns([item("file")], ["fast", "balanced", "faster-whisper"], 2)]
    assert found == [
        (0, "fast"),
        (0, "balanced"),
        (0, "faster-whisper"),
        (1, "balanced"),
        (1, "faster-whisper"),
        (1, "fast"),
    ]


@pytest.mark.parametrize("kind", ["hour", "no words"])
def test_what_no_repeat_tells_more_about_is_heard_once(kind: Kind) -> None:
    assert {turn.repeat for turn in turns([item(kind)], list(SYSTEMS), 3)} == {0}


def test_the_hour_is_for_two_and_sets_are_not_for_programs() -> None:
    assert [turn.system for turn in turns([item("hour")], list(SYSTEMS), 1)] == list(HOUR_SYSTEMS)
    assert {turn.system for turn in turns([item("set")], list(SYSTEMS), 1)} == set(SYSTEMS) - {"whisper-ctranslate2"}


def test_this_engine_alone_is_measured_against_nothing() -> None:
    assert systems.chosen((), "nothing") == ["fast", "balanced", "balanced-detected", "accurate"]
    assert systems.chosen((), "faster-whisper") == list(SYSTEMS)
    assert systems.chosen(["faster-whisper", "fast"], "nothing") == ["fast", "faster-whisper"]


def test_a_system_nobody_knows_is_a_sentence() -> None:
    with pytest.raises(BenchmarkError, match=r"There is no system 'slow'; there are fast, balanced"):
        systems.chosen(["slow"], "faster-whisper")
