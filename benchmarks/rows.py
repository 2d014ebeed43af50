"""From runs to the numbers of a table: medians over repeats, ratios within them, sums over recordings. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from statistics import median, median_low

from benchmarks.systems import BASELINE, SYSTEMS
from benchmarks.values import ItemFacts, Outcome, Results, Run, Score

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Row:
    """One system on one item, or on several. Seconds and bytes are medians over the repeats.

    sound: seconds of it. ratio: of cost to that of the baseline, in the same repeat; None without it. score: that of
    the repeat in the middle. first: seconds until the first text. windows and again: of the first repeat.
    """

    system: str
    sound: float
    cpu: float
    wall: float
    first: float | None
    peak: float
    score: Score | None
    words: int
    ratio: float | None
    windows: int
    again: dict[str, int]


def on_gpu(results: Results) -> bool:
    """There processor seconds say little, and the clock on the wall is what counts."""
    return results.made.get("device", "cpu") != "cpu"


def cost(outcome: Outcome, *, gpu: bool) -> float:
    return outcome.spent.wall if gpu else outcome.spent.cpu


def systems_of(results: Results) -> list[str]:
    """Those that were measured, in the table's order."""
    measured = {run.system for run in results.runs}
    return [name for name in SYSTEMS if name in measured]


def whole_files(results: Results) -> list[ItemFacts]:
    """Recordings that every system has been given; one is missing while the benchmark is under way."""
    tried = {(run.item, run.system) for run in results.runs}
    names = systems_of(results)
    return [item for item in results.of_kind("file") if all((item.name, name) in tried for name in names)]


def rows(results: Results, item: str) -> list[Row]:
    """A row for each system that did not fail on the item."""
    found = (row(results, item, system) for system in systems_of(results))
    return [one for one in found if one]


def failures(results: Results, item: str) -> list[str]:
    """Systems that were run on the item and did not succeed once."""
    tried = {run.system for run in results.runs if run.item == item}
    return [name for name in systems_of(results) if name in tried and not row(results, item, name)]


def row(results: Results, item: str, system: str) -> Row | None:
    runs = _runs(results, item, system)
    outcomes = [run.outcome for run in runs if run.outcome]
    if not outcomes:
        return None
    scores = [run.score for run in runs if run.score]
    firsts = [outcome.first_seconds for outcome in outcomes if outcome.first_seconds is not None]
    return Row(
        system=system,
        sound=next(facts.seconds for facts in results.items if facts.name == item),
        cpu=median(outcome.spent.cpu for outcome in outcomes),
        wall=median(outcome.spent.wall for outcome in outcomes),
        first=median(firsts) if firsts else None,
        peak=median(outcome.peak_bytes + outcome.program_bytes for outcome in outcomes) / MEGABYTE,
        score=_middle(scores),
        words=runs[0].words,
        ratio=_ratio(results, item, runs),
        windows=outcomes[0].windows,
        again=outcomes[0].again,
    )


def total(results: Results, items: Sequence[str]) -> list[Row]:
    """A row for each system over all those items; without the systems that failed on one of them."""
    found = []
    for system in systems_of(results):
        parts = [row(results, item, system) for item in items]
        whole = [part for part in parts if part]
        if whole and len(whole) == len(parts):
            found.append(_sum(whole))
    base = next((one for one in found if one.system == BASELINE), None)
    return [_against(one, base, gpu=on_gpu(results)) for one in found]


def _sum(parts: Sequence[Row]) -> Row:
    scores = [part.score for part in parts if part.score]
    firsts = [part.first for part in parts if part.first is not None]
    return Row(
        system=parts[0].system,
        sound=sum(part.sound for part in parts),
        cpu=sum(part.cpu for part in parts),
        wall=sum(part.wall for part in parts),
        first=median(firsts) if firsts else None,
        peak=max(part.peak for part in parts),
        score=reduce(add, scores) if scores else None,
        words=sum(part.words for part in parts),
        ratio=None,
        windows=sum(part.windows for part in parts),
        again=_counted(part.again for part in parts),
    )


def _against(one: Row, base: Row | None, *, gpu: bool) -> Row:
    if base is None:
        return one
    ratio = one.wall / base.wall if gpu else one.cpu / base.cpu
    return Row(**{**vars(one), "ratio": ratio})


def _ratio(results: Results, item: str, runs: Sequence[Run]) -> float | None:
    gpu = on_gpu(results)
    base = {run.repeat: cost(run.outcome, gpu=gpu) for run in _runs(results, item, BASELINE) if run.outcome}
    ratios = [
        cost(run.outcome, gpu=gpu) / base[run.repeat] for run in runs if run.outcome and base.get(run.repeat, 0.0) > 0
    ]
    return median(ratios) if ratios else None


def _middle(scores: Sequence[Score]) -> Score | None:
    if not scores:
        return None
    rate = median_low(score.rate for score in scores)
    return next(score for score in scores if score.rate == rate)


def _counted(all_counts: Iterable[dict[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for counts in all_counts:
        for name, count in counts.items():
            found[name] = found.get(name, 0) + count
    return found


def _runs(results: Results, item: str, system: str) -> list[Run]:
    return [run for run in results.runs if (run.item, run.system) == (item, system)]
