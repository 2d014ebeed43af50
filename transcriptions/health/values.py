"""What a check says."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

Text = str | Promise  # one that is translated when it is shown


class State(StrEnum):
    GOOD = "good"
    WARNING = "warning"  # work goes on; somebody should look
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """said: what was found. todo: what helps; empty where nothing is wrong."""

    state: State
    said: Text
    todo: Text = ""


Check = Callable[[], Finding]


def good(said: Text) -> Finding:
    return Finding(State.GOOD, said)


def warning(said: Text, todo: Text) -> Finding:
    return Finding(State.WARNING, said, todo)


def bad(said: Text, todo: Text) -> Finding:
    return Finding(State.BAD, said, todo)
