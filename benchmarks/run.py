"""The whole benchmark: every system on every item, in turn, each time in a process of its own; then the report."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import apart, machine, recordings, report, sounds, systems
from benchmarks.recordings import Manifest
from benchmarks.score import score
from benchmarks.systems import SYSTEMS
from benchmarks.turns import OWN, Turn, turns
from benchmarks.values import BenchmarkError, Item, ItemFacts, Job, Plan, Recording, Results, Run
from transcriptions.engine.ffmpeg import FFmpeg

TIMED_SECONDS = 240.0  # recordings at least as long show where the time goes
ENGLISH_ONLY = ".en"  # how a model's name ends that knows no other language

Say = Callable[[str], object]


def run(plan: Plan, say: Say) -> Results:
    """Raises BenchmarkError, before anything is measured, when something is missing."""
    report.check(plan.out)
    names = _systems(plan, say)
    manifest = recordings.read(plan.data)
    if plan.model.endswith(ENGLISH_ONLY):
        manifest = manifest.only("en")
    job = _job(plan, recordings.warm_up(manifest))
    results = Results(machine.facts(job, plan.repeat))
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        items = _items(plan, manifest, Path(folder), say)
        results.items += map(ItemFacts.about, items)
        _measure(list(turns(items, names, plan.repeat)), job, results, plan.raw, say)
        if OWN in names:
            _find_where_time_goes(items, job, results, plan.raw, say)
    report.write(results, plan.out)
    return results


def report_again(raw: Path, out: Path) -> None:
    """The report of what has been measured, all of it or not. Raises BenchmarkError when that is nothing."""
    report.write(Results.load(raw), out)


def _systems(plan: Plan, say: Say) -> list[str]:
    """Raises BenchmarkError when one that was asked for by name is not installed; leaves it out otherwise."""
    names = systems.chosen(plan.systems, plan.against)
    missing = [name for name in names if SYSTEMS[name].is_program and not plan.programs.get(name)]
    for name in missing:
        if name in plan.systems:
            raise BenchmarkError(f"The command {name} is not installed: install the extra `benchmark`.")
        say(f"{name} is left out: it is not installed.")
    return [name for name in names if name not in missing]


def _job(plan: Plan, warm_up: Recording) -> Job:
    return Job(
        system=OWN,
        model=plan.model,
        folder=plan.folder,
        device=plan.device.name,
        compute_type=plan.device.compute_type,
        device_index=plan.device.index,
        programs=plan.programs,
        recordings=(),
        warm_up=_without_text(warm_up),
    )


def _items(plan: Plan, manifest: Manifest, folder: Path, say: Say) -> list[Item]:
    """What was named; or else all of it: recordings, the set, the sounds without words. And the hour if wished."""
    items = recordings.choose(manifest, plan.files)
    if not plan.files:
        items += sounds.items(folder)
    if plan.hour:
        say("Making the hour.")
        ffmpeg = FFmpeg(plan.programs["ffmpeg"], plan.programs["ffprobe"])
        items.append(recordings.hour(manifest, ffmpeg, folder))
    return items


def _measure(all_turns: Sequence[Turn], job: Job, results: Results, raw: Path, say: Say) -> None:
    for number, turn in enumerate(all_turns, start=1):
        found = _one(turn, job, say)
        results.runs.append(found)
        results.save(raw)
        say(f"{number} of {len(all_turns)}: {turn.item.name}, {turn.system}: {_in_short(found)}")


def _find_where_time_goes(items: Sequence[Item], job: Job, results: Results, raw: Path, say: Say) -> None:
    """Apart from the other runs, because the clocks themselves cost something."""
    for item in items:
        if item.kind == "file" and item.seconds >= TIMED_SECONDS:
            results.timings.append(_one(Turn(item, OWN, 0), replace(job, timed=True), say))
            results.save(raw)
            say(f"{item.name}, {OWN}: where the time goes")


def _one(turn: Turn, job: Job, say: Say) -> Run:
    """A failure is told and counted, and the others go on."""
    item = turn.item
    told = replace(job, system=turn.system, recordings=tuple(map(_without_text, item.recordings)))
    try:
        outcome = apart.run(told)
    except BenchmarkError as error:
        say(f"{turn.system} failed on {item.name}: {error}")
        return Run(item.name, turn.system, turn.repeat, None)
    words = sum(len(text.split()) for text in outcome.texts)
    return Run(item.name, turn.system, turn.repeat, outcome, score(item.recordings, outcome.texts), words)


def _without_text(recording: Recording) -> Recording:
    """Who recognises is not told what is said."""
    return replace(recording, text=None)


def _in_short(found: Run) -> str:
    if not found.outcome:
        return "failed"
    errors = f"{found.score.rate:.1%} wrong" if found.score else f"{found.words} words"
    return f"{found.outcome.spent.cpu:.1f} s of processor, {errors}"
