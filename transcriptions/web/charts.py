"""Small charts of a few figures, drawn by the server: a bar each, in whole units, which every language writes alike."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT, STEP, GAP = 60, 20, 4


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int
    said: str


@dataclass(frozen=True)
class Chart:
    """said: what it says, for who does not see it."""

    said: str
    bars: tuple[Bar, ...]
    width: int
    height: int = HEIGHT
    bar_width: int = STEP - GAP


def chart(said: str, figures: Sequence[tuple[str, float, str]]) -> Chart:
    """figures: the name of each, the figure and how it is written. The highest takes the whole height."""
    highest = max((figure for _, figure, _ in figures), default=0.0)
    heights = [max(round(HEIGHT * figure / highest), 1) if figure else 0 for _, figure, _ in figures]
    bars = tuple(
        Bar(index * STEP, HEIGHT - height, height, f"{name}: {written}")
        for index, (height, (name, _, written)) in enumerate(zip(heights, figures, strict=True))
    )
    return Chart(said, bars, len(figures) * STEP)
