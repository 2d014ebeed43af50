"""From voiced runs to windows: the stretches of sound that go through the model, cut where it is quiet.

Pure arithmetic over times. Does not hear anything: see speech.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from transcriptions.engine.values import Span

PADDING = 0.4  # seconds of sound kept before the first voiced run and after the last
LONG_SILENCE = 3.0  # seconds: longer ones are never inside a window
WORTH_A_CUT = 1.0  # seconds of silence; more does not make a place better to cut in
SHORTEST_SHARE = 0.4  # of the longest window: below it, length counts for more than the silence


@dataclass(frozen=True)
class Window:
    """A stretch to recognise, padding included, and the voiced runs in it, in seconds of the recording."""

    start: float
    end: float
    voiced: tuple[Span, ...]

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def voiced_seconds(self) -> float:
        return sum(run.seconds for run in self.voiced)


def windows(speech: Sequence[Span], at_most: float, within: Span, first_at_most: float | None = None) -> list[Window]:
    """Pack voiced runs (ascending, not overlapping) into windows of at most so many seconds, the first maybe of fewer.

    within: no window reaches beyond it. Each window ends at a long silence, or else where length and silence together
    are best. Two neighbours share the silence between them. A run that is too long by itself is cut into equal parts.
    """
    longest = at_most - 2 * PADDING
    runs = [part for run in speech for part in _parts(run, longest)]
    groups: list[list[Span]] = []
    while runs:
        count = _best_count(runs, longest if groups or first_at_most is None else first_at_most - 2 * PADDING)
        groups.append(runs[:count])
        runs = runs[count:]
    return _padded(groups, within)


def halves(window: Window) -> tuple[Window, ...]:
    """The window in two, cut at its longest inner silence; by itself where there is none."""
    if len(window.voiced) < 2:  # noqa: PLR2004
        return (window,)
    gaps = [after.start - before.end for before, after in pairwise(window.voiced)]
    cut = gaps.index(max(gaps)) + 1
    middle = (window.voiced[cut - 1].end + window.voiced[cut].start) / 2
    return (
        Window(window.start, middle, window.voiced[:cut]),
        Window(middle, window.end, window.voiced[cut:]),
    )


def _parts(run: Span, longest: float) -> list[Span]:
    count = max(1, -int(-run.seconds // longest))
    edges = [run.start + run.seconds * part / count for part in range(count + 1)]
    return [Span(start, end) for start, end in pairwise(edges)]


def _best_count(runs: Sequence[Span], longest: float) -> int:
    """How many of the first runs make the best window."""
    best, best_score = 1, -1.0
    for count in range(1, len(runs) + 1):
        length = runs[count - 1].end - runs[0].start
        if length > longest:
            break
        silence = runs[count].start - runs[count - 1].end if count < len(runs) else LONG_SILENCE
        share = length / longest
        score = share + min(silence, WORTH_A_CUT) if share >= SHORTEST_SHARE else share / 4
        if silence >= LONG_SILENCE:
            return count
        if score >= best_score:
            best, best_score = count, score
    return best


def _padded(groups: list[list[Span]], within: Span) -> list[Window]:
    found = []
    for index, runs in enumerate(groups):
        before = groups[index - 1][-1].end if index else -PADDING
        after = groups[index + 1][0].start if index + 1 < len(groups) else runs[-1].end + 2 * PADDING
        start = max(runs[0].start - PADDING, (before + runs[0].start) / 2)
        end = min(runs[-1].end + PADDING, (runs[-1].end + after) / 2)
        found.append(Window(max(within.start, start), min(within.end, end), tuple(runs)))
    return found
