"""Raw results in, a page and a picture out; what a person wrote stays."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import report, rows
from benchmarks.systems import BASELINE
from benchmarks.values import BenchmarkError, ItemFacts, Outcome, Results, Run, Score, Spent

MADE = {"date": "2026-11-23", "model": "base", "device": "cpu", "repeats": "3"}
PARTS = {"encoder": Spent(6.0, 5.0), "rest": Spent(4.0, 5.0)}


def run(item: str, system: str, cpu: float, *, repeat: int = 0, errors: int = 5, **outcome: Any) -> Run:
    whole = {"load_seconds": 1.0, "first_seconds": 0.5, "peak_bytes": 300_000_000, "texts": ("Good morning.",)}
    found = Outcome(**{"spent": Spent(cpu, cpu / 2), **whole, **outcome})
    return Run(item, system, repeat, found, Score(errors, 0, 0, 100), words=2)


@pytest.fixture
def results() -> Results:
    made = Results(dict(MADE))
    made.items = [
        ItemFacts("en-long5-dev", "file", 300.0, 1, ("en",)),
        ItemFacts("pt-voicenote-dev", "file", 30.0, 1, ("pt",)),
        ItemFacts("batch40-dev", "set", 60.0, 10, ("en", "pt")),
        ItemFacts("music", "no words", 30.0, 1, ("en",)),
        ItemFacts("hour", "hour", 3600.0, 1, ("en",)),
    ]
    for repeat, (ours, theirs) in enumerate([(10.0, 20.0), (12.0, 30.0), (11.0, 44.0)]):
        again = {"repeats": 1, "too_many": 2}
        errors = 5 + repeat
        made.runs += [
            run("en-long5-dev", "balanced", ours, repeat=repeat, errors=errors, windows=25, again=again),
            run("en-long5-dev", BASELINE, theirs, repeat=repeat, errors=6, program_bytes=50_000_000),
        ]
    made.runs += [
        run("pt-voicenote-dev", "balanced", 1.0),
        run("pt-voicenote-dev", BASELINE, 2.0),
        run("batch40-dev", "balanced", 4.0, first_seconds=None),
        run("hour", "balanced", 120.0, peak_bytes=400_000_000),
        Run("music", "balanced", 0, run("music", "balanced", 1.0).outcome, words=0),
        Run("music", BASELINE, 0, run("music", BASELINE, 1.0).outcome, words=7),
    ]
    made.timings = [run("en-long5-dev", "balanced", 10.0, parts=PARTS)]
    return made


@pytest.fixture
def written(results: Results, tmp_path: Path) -> Callable[[], str]:
    def write() -> str:
        report.write(results, tmp_path)
        return (tmp_path / "benchmarks.md").read_text()

    return write


def test_raw_results_come_back_as_they_were(results: Results, tmp_path: Path) -> None:
    results.save(tmp_path / "new" / "raw.json")
    assert Results.load(tmp_path / "new" / "raw.json") == results


def test_no_raw_results_are_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="There are no results"):
        Results.load(tmp_path / "raw.json")
    (tmp_path / "raw.json").write_text('{"version": 0}')
    with pytest.raises(BenchmarkError, match="another version"):
        Results.load(tmp_path / "raw.json")


def test_a_row_has_the_median_of_its_repeats_and_its_ratio_is_within_them(results: Results) -> None:
    row = rows.row(results, "en-long5-dev", "balanced")
    assert row
    assert row.cpu == 11.0
    assert row.ratio == 0.4  # of 0.5, 0.4 and 0.25; not 11 to 30
    assert row.score == Score(6, 0, 0, 100)


def test_where_a_gpu_recognises_the_wall_clock_counts(results: Results) -> None:
    results.made["device"] = "cuda"
    results.runs.append(run("pt-voicenote-dev", "fast", 1.0, spent=Spent(9.0, 0.5)))
    row = rows.row(results, "pt-voicenote-dev", "fast")
    assert row
    assert row.ratio == 0.5


def test_the_page_has_a_table_of_each_part(written: Callable[[], str]) -> None:
    page = written()
    assert "2026-11-23; model base; device cpu; repeats 3." in page
    assert "| **this engine, balanced** | 2.18 | 12.0 s | 0.38 | 6.0 s | 0.5 s | 300 MB | 5.5 % | 11, 0, 0 |" in page
    assert "| faster-whisper, beam 5 | 30.0 s | 1.00 | 15.0 s | 0.5 s | 350 MB | 6.0 % | 6, 0, 0 |" in page
    assert "| **this engine, balanced** | 300 | 4.0 s | – | 2.0 s | – | 300 MB | 5.0 % | 5, 0, 0 |" in page
    assert "| **this engine, balanced** | 60 min | 120.0 s |" in page
    assert "| system | music |\n|---|---|\n| **this engine, balanced** | 0 |\n| faster-whisper, beam 5 | 7 |" in page
    assert "| recording | preset | windows | repeats | too many |" in page
    assert "| en-long5-dev | balanced | 25 | 1 | 2 |" in page
    assert "| en-long5-dev | encoder | 6.00 s | 60% | 5.00 s | 100% |" in page


def test_the_picture_names_every_system(written: Callable[[], str], tmp_path: Path) -> None:
    assert "](images/benchmark.svg)" in written()
    picture = (tmp_path / "images/benchmark.svg").read_text()
    for name in ("balanced", BASELINE):
        assert f"<!-- {name} -->" in picture
    written()
    assert (tmp_path / "images/benchmark.svg").read_text() == picture


def test_what_a_person_wrote_stays(written: Callable[[], str], tmp_path: Path) -> None:
    before, after = "# Measurements\n\nBy hand.\n\n", "\n\n## More by hand\n"
    (tmp_path / "benchmarks.md").write_text(f"{before}{report.BEGIN}\nof last time\n{report.END}{after}")
    page = written()
    assert page.startswith(before)
    assert page.endswith(after)
    assert "of last time" not in page
    assert written() == page


def test_a_page_without_a_place_for_it_is_left_alone(written: Callable[[], str], tmp_path: Path) -> None:
    (tmp_path / "benchmarks.md").write_text("By hand.")
    with pytest.raises(BenchmarkError, match="between which the report could stand"):
        written()
    assert (tmp_path / "benchmarks.md").read_text() == "By hand."


def test_a_failure_is_told_and_spoils_no_sum(results: Results, written: Callable[[], str]) -> None:
    results.runs += [Run("en-long5-dev", "accurate", 0, None), run("pt-voicenote-dev", "accurate", 1.0)]
    page = written()
    assert "300 s in en. Failed: **this engine, accurate**." in page
    summary = page.split("### All recordings")[1].split("###")[0]
    assert "accurate" not in summary


def test_an_unfinished_run_can_be_read(results: Results, written: Callable[[], str]) -> None:
    results.runs = results.runs[:-6]  # the second recording and all after it
    results.timings = []
    page = written()
    assert "1 recordings, 5.0 minutes" in page
    assert "### pt-voicenote-dev" not in page


def test_nothing_measured_yet_is_no_error(results: Results, written: Callable[[], str]) -> None:
    results.runs = results.timings = []
    assert "### " not in written()
