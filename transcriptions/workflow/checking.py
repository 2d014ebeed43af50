"""How far the checking of a text is, and where to look next."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.db.models import BooleanField, F, Func, Min, Value
from django.db.models.expressions import Combinable

from transcriptions.models import Transcription
from transcriptions.workflow import lines
from transcriptions.workflow.lines import Line


@dataclass(frozen=True)
class Progress:
    checked: int
    lines: int


@dataclass(frozen=True)
class Doubt:
    """A line, and which of its words, counted from 0."""

    line: Line
    word: int


def progress(entry: Transcription) -> Progress:
    """Of the lines in which anything is said."""
    edits = lines.holding(entry).exclude(text="")
    return Progress(edits.exclude(checked_at=None).count(), edits.count() + lines.uncorrected(entry).count())


def speakers(entry: Transcription) -> list[str]:
    """Those who speak, in the order of their first words."""
    named = lines.holding(entry).exclude(speaker="").values("speaker").annotate(first=Min("start_seconds"))
    return list(named.order_by("first", "speaker").values_list("speaker", flat=True))


def next_doubt(entry: Transcription, *, seconds: float) -> Doubt | None:
    """The first word after that time of which the recognition was not sure, in a line that nobody has checked."""
    line = lines.first_where(entry, _has_doubt(seconds), after=seconds)
    if line is None:
        return None
    below = settings.DOUBTFUL_BELOW
    words = enumerate(line.words)
    return Doubt(line, next(at for at, word in words if word.probability < below and word.start > seconds))


def _has_doubt(seconds: float) -> Combinable:
    path = "strict $[*] ? (@[3] < $below && @[0] > $after)"
    values = json.dumps({"below": settings.DOUBTFUL_BELOW, "after": seconds})
    return Func(
        F("words"),
        Func(Value(path), function="", template="(%(expressions)s)::jsonpath"),
        Func(Value(values), template="(%(expressions)s)::jsonb"),
        function="jsonb_path_exists",
        output_field=BooleanField(),
    )
