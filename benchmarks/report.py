"""The report's files: a section of benchmarks.md between two comments, and the picture beside it.

What stands outside the comments is somebody's and is left as it is.
"""

import re
from pathlib import Path

from benchmarks import plot, tables
from benchmarks.plot import Point
from benchmarks.rows import on_gpu, total, whole_files
from benchmarks.systems import SYSTEMS
from benchmarks.values import BenchmarkError, Results

PAGE = "benchmarks.md"
BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
NEW = f"# Measurements\n\n{BEGIN}\n{END}\n"
BETWEEN = re.compile(f"({re.escape(BEGIN)}\n).*?({re.escape(END)})", re.DOTALL)


def check(out: Path) -> None:
    """Raises BenchmarkError when there is a page without the place for the report."""
    page = out / PAGE
    if page.exists() and not BETWEEN.search(page.read_text()):
        raise BenchmarkError(f"{page} has no lines {BEGIN} and {END}, between which the report could stand.")


def write(results: Results, out: Path) -> None:
    check(out)
    out.mkdir(parents=True, exist_ok=True)
    plot.draw(_points(results), out / tables.PLOT, unit="wall" if on_gpu(results) else "CPU")
    page = out / PAGE
    before = page.read_text() if page.exists() else NEW
    section = tables.section(results)
    page.write_text(BETWEEN.sub(lambda found: f"{found[1]}{section}\n{found[2]}", before, count=1))


def _points(results: Results) -> list[Point]:
    """Over all recordings of which it is known what is said in them."""
    rows = total(results, [item.name for item in whole_files(results)])
    return [
        Point(row.system, tables.per_minute(results, row), row.score.rate, not SYSTEMS[row.system].against)
        for row in rows
        if row.score
    ]
