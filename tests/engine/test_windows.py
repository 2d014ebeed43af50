"""Windows: everything that is spoken is in exactly one, none is too long, cuts lie in silences."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcriptions.engine.values import Span
from transcriptions.engine.windows import PADDING, Window, halves, windows

ALL = Span(0.0, 10_000.0)
SECONDS = st.floats(0.05, 40.0)
PAUSES = st.floats(0.05, 10.0)


def runs_of(lengths: list[tuple[float, float]]) -> list[Span]:
    """Runs from pairs of a pause and the speech after it."""
    edges = list(accumulate(length for pair in lengths for length in pair))
    return [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]


@given(st.lists(st.tuples(PAUSES, SECONDS), min_size=1, max_size=40), st.sampled_from([10.0, 15.0, 28.0]))
def test_all_speech_is_in_exactly_one_window(lengths: list[tuple[float, float]], at_most: float) -> None:
    runs = runs_of(lengths)
    found = windows(runs, at_most, ALL)
    assert sum(window.voiced_seconds for window in found) == pytest.approx(sum(run.seconds for run in runs))
    for window in found:
        assert window.seconds <= at_most + 1e-6
        assert 0 <= window.start <= window.voiced[0].start + 1e-9
        assert window.end >= window.voiced[-1].end - 1e-9
    for before, after in pairwise(found):
        assert before.end <= after.start + 1e-9


def test_it_is_cut_at_the_longest_pause_that_leaves_it_long_enough() -> None:
    runs = [Span(0.0, 4.0), Span(4.1, 8.0), Span(8.9, 12.0), Span(12.1, 18.0)]
    assert [len(window.voiced) for window in windows(runs, 15.0, ALL)] == [2, 2]


def test_a_long_silence_is_in_no_window() -> None:
    first, second = windows([Span(1.0, 3.0), Span(8.0, 9.0)], 15.0, ALL)
    assert (first.start, first.end) == pytest.approx((1.0 - PADDING, 3.0 + PADDING))
    assert (second.start, second.end) == pytest.approx((8.0 - PADDING, 9.0 + PADDING))


def test_the_first_window_can_be_shorter() -> None:
    runs = [Span(start + 0.1, start + 1.9) for start in range(0, 40, 2)]
    first, second, *_ = windows(runs, 15.0, ALL, 7.0)
    assert first.seconds <= 7.0 < second.seconds <= 15.0


def test_no_window_reaches_beyond_what_may_be_heard() -> None:
    (only,) = windows([Span(60.1, 62.0)], 15.0, Span(60.0, 62.2))
    assert (only.start, only.end) == (60.0, 62.2)


def test_nothing_spoken_is_no_window() -> None:
    assert windows([], 15.0, ALL) == []


def test_halves_meet_in_the_longest_pause() -> None:
    window = Window(0.0, 10.0, (Span(0.4, 2.0), Span(2.2, 5.0), Span(6.0, 9.6)))
    first, second = halves(window)
    assert (first.start, first.end, second.start, second.end) == (0.0, 5.5, 5.5, 10.0)
    assert (first.voiced, second.voiced) == (window.voiced[:2], window.voiced[2:])
    assert halves(first)[0].end == pytest.approx(2.1)
    assert halves(second) == (second,)
