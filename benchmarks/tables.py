"""Results as Markdown: tables and the sentences they need. Pure; see report for the files."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import fill

from benchmarks.rows import Row, failures, on_gpu, row, rows, systems_of, total, whole_files
from benchmarks.systems import BASELINE, SYSTEMS
from benchmarks.turns import HOUR_SYSTEMS
from benchmarks.values import ItemFacts, Results

NOTHING = "–"
PLOT = "images/benchmark.svg"
LINE = 120  # characters, as in the rest of the documentation
NOTES = """\
Every number of a row comes from a process of its own, in which the model was loaded and had heard a very short clip \
before the clocks started. All are given the same model, the same language and the same files, and decode them \
themselves. CPU: seconds of all processors, ffmpeg included; the ratio is to {baseline}, in the same repeat. First: \
until the first text. Peak: the most main memory of the process, its model and its ffmpeg included. Medians where \
there are several repeats.

Errors: WER, after Whisper's own normalisers and with numbers spelled out in all languages but English; of characters \
(CER) in languages that do not write words apart. S, D, I: substituted, deleted, inserted.

The command whisper-ctranslate2 loads the model each time; what it takes to start, load and find that it cannot read \
an empty file is taken off its seconds. It has not heard a clip before, which short recordings show."""

Cells = Sequence[str]
MEASURED = ("CPU", "ratio", "wall", "first", "peak", "errors", "S, D, I")


def section(results: Results) -> str:
    """All of it, with a heading for each part that was measured."""
    parts = [_made(results), _all_files(results)]
    parts += [_set(results, item) for item in results.of_kind("set")]
    parts += [_hour(results), _no_words(results), _again(results), _where_time_goes(results)]
    parts += [_file(results, item) for item in results.of_kind("file")]
    return "\n\n".join(filter(None, parts))


def table(headings: Cells, lines: Iterable[Cells]) -> str:
    """A Markdown table; nothing without lines."""
    body = [f"| {' | '.join(cells)} |" for cells in lines]
    return "\n".join([f"| {' | '.join(headings)} |", "|---" * len(headings) + "|", *body]) if body else ""


def per_minute(results: Results, one: Row) -> float:
    """Seconds for a minute of sound: of the processors, or by the clock where a GPU recognises."""
    return (one.wall if on_gpu(results) else one.cpu) / (one.sound / 60)


def _part(title: str, note: str, content: str) -> str:
    return f"### {title}\n\n{_filled(note)}\n\n{content}" if content else ""


def _filled(paragraph: str) -> str:
    return fill(paragraph, LINE, break_long_words=False, break_on_hyphens=False)


def _made(results: Results) -> str:
    facts = [fact if name == "date" else f"{name} {fact}" for name, fact in results.made.items()]
    notes = NOTES.format(baseline=SYSTEMS[BASELINE].label)
    return "\n\n".join(map(_filled, [f"{'; '.join(facts)}.", *notes.split("\n\n")]))


def _all_files(results: Results) -> str:
    """The table that sums up, and the picture of it; report draws it."""
    files = whole_files(results)
    unit = "wall" if on_gpu(results) else "CPU"
    headings = ("system", f"{unit} seconds a minute", *MEASURED)
    rows_of_all = total(results, [item.name for item in files])
    lines = [(_label(one.system), f"{per_minute(results, one):.2f}", *_measured(one)) for one in rows_of_all]
    note = (
        f"{len(files)} recordings, {sum(item.seconds for item in files) / 60:.1f} minutes. The peak is the highest, "
        "the first text the median; each recording alone is at the end."
    )
    picture = f"![Speed against errors, by system]({PLOT})\n\n" if lines else ""
    return _part("All recordings", note, picture + table(headings, lines))


def _set(results: Results, item: ItemFacts) -> str:
    lines = [
        (_label(one.system), f"{item.recordings / (one.wall / 60):.0f}", *_measured(one))
        for one in rows(results, item.name)
    ]
    note = (
        f"{item.recordings} clips, {item.seconds:.0f} s in {_languages(item)}: this engine takes them all at the same "
        "time, faster-whisper one after another, on a model that stays loaded."
    )
    return _part(f"Many short clips: {item.name}", note, table(("system", "clips a minute", *MEASURED), lines))


def _file(results: Results, item: ItemFacts) -> str:
    lines = [(_label(one.system), *_measured(one)) for one in rows(results, item.name)]
    failed = [_label(name) for name in failures(results, item.name)]
    note = f"{item.seconds:.0f} s in {_languages(item)}." + (f" Failed: {', '.join(failed)}." if failed else "")
    return _part(item.name, note, table(("system", *MEASURED), lines))


def _hour(results: Results) -> str:
    """The hour against the longest of the recordings: memory must not grow with the length."""
    longest = max(results.of_kind("file"), key=lambda item: item.seconds, default=None)
    hours = results.of_kind("hour")
    lines = [
        (_label(one.system), f"{item.seconds / 60:.0f} min", *_measured(one))
        for system in HOUR_SYSTEMS
        for item in ([longest] if longest and hours else []) + hours
        if (one := row(results, item.name, system))
    ]
    note = "Different clips one after another, for an hour, against the longest of the recordings."
    return _part("An hour", note, table(("system", "length", *MEASURED), lines))


def _no_words(results: Results) -> str:
    items = results.of_kind("no words")
    lines = [
        (_label(system), *(_words(row(results, item.name, system)) for item in items))
        for system in systems_of(results)
        if items
    ]
    note = "Words that were written about 30 seconds of sound in which nobody speaks, made by arithmetic."
    return _part("No words", note, table(("system", *(item.name for item in items)), lines))


def _again(results: Results) -> str:
    items = results.of_kind("file", "set", "hour")
    found = [(item, one) for item in items for one in rows(results, item.name) if one.windows]
    reasons = sorted({reason for _, one in found for reason in one.again})
    lines = [
        (item.name, one.system, str(one.windows), *(str(one.again.get(reason, 0)) for reason in reasons))
        for item, one in found
    ]
    note = "Windows of this engine, and how many of them it decoded again, by reason; one may have several."
    headings = ("recording", "preset", "windows", *(reason.replace("_", " ") for reason in reasons))
    return _part("Decoded again", note, table(headings, lines))


def _where_time_goes(results: Results) -> str:
    headings = ("recording", "part", "CPU", "share", "wall", "share")
    note = (
        "This engine, balanced, doing one thing at a time: a shard and a batch. The clocks cost something themselves."
    )
    return _part("Where the time goes", note, table(headings, _part_lines(results)))


def _part_lines(results: Results) -> Iterator[Cells]:
    for run in results.timings:
        if run.outcome:
            whole = run.outcome.spent
            for part, spent in [*run.outcome.parts.items(), ("all", whole)]:
                cpu, wall = (f"{spent.cpu:.2f} s", f"{spent.cpu / whole.cpu:.0%}"), f"{spent.wall:.2f} s"
                yield (run.item, part, *cpu, wall, f"{spent.wall / whole.wall:.0%}")


def _measured(one: Row) -> tuple[str, ...]:
    """The cells under MEASURED."""
    score = one.score
    return (
        f"{one.cpu:.1f} s",
        NOTHING if one.ratio is None else f"{one.ratio:.2f}",
        f"{one.wall:.1f} s",
        NOTHING if one.first is None else f"{one.first:.1f} s",
        f"{one.peak:.0f} MB",
        f"{score.rate * 100:.1f} %" if score else NOTHING,
        f"{score.substitutions}, {score.deletions}, {score.insertions}" if score else NOTHING,
    )


def _words(one: Row | None) -> str:
    return str(one.words) if one else "failed"


def _label(system: str) -> str:
    label = SYSTEMS[system].label
    return label if SYSTEMS[system].against else f"**{label}**"


def _languages(item: ItemFacts) -> str:
    return ", ".join(language or "several languages" for language in item.languages)
