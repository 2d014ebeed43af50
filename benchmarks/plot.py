"""One picture of it: speed against errors, a labelled point a system, readable in black and white."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

SIZE = (8.0, 5.0)  # inches
DPI = 72
COLOURS = {True: "#0b6e4f", False: "#8a4b08"}  # this engine and others: apart in grey, too
MARKERS = {True: "o", False: "s"}
PLACES = [(side * right, up) for up in (0, 9, -9, 18, -18, 27, -27, 36, -36) for right in (8, 20) for side in (1, -1)]


@dataclass(frozen=True)
class Point:
    """seconds: for a minute of sound. errors: a share, 0 to 1. is_own: this engine's."""

    label: str
    seconds: float
    errors: float
    is_own: bool


def draw(points: Sequence[Point], path: Path, *, unit: str) -> None:
    """An SVG with a white ground, the same bytes for the same points. unit: what seconds they are."""
    figure = Figure(figsize=SIZE, dpi=DPI, layout="constrained")
    axes = figure.subplots()
    for is_own, name in ((True, "this engine"), (False, "others")):
        some = [point for point in points if point.is_own == is_own]
        xs, ys = [point.seconds for point in some], [100 * point.errors for point in some]
        axes.scatter(xs, ys, s=60, c=COLOURS[is_own], marker=MARKERS[is_own], label=name, zorder=3)
    axes.set(xlabel=f"{unit} seconds for a minute of sound (less is better)", ylabel="word errors, % (less is better)")
    axes.set_xlim(0, 1.25 * max((point.seconds for point in points), default=1.0))
    axes.margins(y=0.3)  # not from zero: what differs is the point
    axes.grid(visible=True, color="#dddddd")
    figure.legend(loc="outside upper right", ncols=2)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # nothing moves any more, or the labels would be beside their points
    _label(axes, points)
    path.parent.mkdir(parents=True, exist_ok=True)
    with rc_context({"svg.hashsalt": "benchmark", "svg.fonttype": "path"}):
        figure.savefig(path, format="svg", facecolor="white", metadata={"Date": None, "Creator": None})


def _label(axes: Any, points: Sequence[Point]) -> None:
    """Each beside its point, in the first place that is free of points and other labels."""
    dots = [axes.transData.transform((point.seconds, 100 * point.errors)) for point in points]
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in dots]
    for point, (x, y) in zip(points, dots, strict=True):
        note = axes.annotate(point.label, (x, y), xycoords="figure pixels", fontsize=9, color=COLOURS[point.is_own])
        box = note.get_window_extent()
        spots = list(_spots(x, y, box.width, box.height))
        spot = next((spot for spot in spots if not any(_touch(spot, other) for other in taken)), spots[0])
        taken.append(spot)
        note.set_position(spot[:2])
        near = (min(max(x, spot[0]), spot[2]), min(max(y, spot[1]), spot[3]))
        line = {"arrowstyle": "-", "color": COLOURS[point.is_own], "linewidth": 0.7}
        axes.annotate("", (x, y), near, xycoords="figure pixels", textcoords="figure pixels", arrowprops=line)


def _spots(x: float, y: float, width: float, height: float) -> Iterator[tuple[float, float, float, float]]:
    for right, up in PLACES:
        left = x + right if right > 0 else x + right - width
        yield left, y + up - height / 2, left + width, y + up + height / 2


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
