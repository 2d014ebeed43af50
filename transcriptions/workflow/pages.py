"""A transcript by pages, each a stretch of the recording: nobody ever holds the whole of it.

A page is the lines that begin in its stretch of time, so what arrives late, is split or is joined leaves the other
pages as they are.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.lookups import Unaccent
from django.db.models import Count, F, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Floor, Length
from django.db.models.lookups import IContains

from transcriptions.models import Transcription
from transcriptions.workflow import lines
from transcriptions.workflow.lines import Line

PAGE_SECONDS = 120
MOST_FOUND = 200


@dataclass(frozen=True)
class Page:
    """How much there is on one; pages without text are left out. `number` counts stretches from 0."""

    number: int
    lines: int
    characters: int


def number(seconds: float) -> int:
    return int(seconds // PAGE_SECONDS)


def of(entry: Transcription) -> list[Page]:
    pages: dict[int, Page] = {}
    for rows in (lines.uncorrected(entry), lines.holding(entry)):
        for number_, count, characters in _counted(rows):
            before = pages.get(number_, Page(number_, 0, 0))
            pages[number_] = Page(number_, before.lines + count, before.characters + characters)
    return sorted(pages.values(), key=lambda page: page.number)


def _counted(rows: QuerySet[Any]) -> QuerySet[Any, tuple[int, int, int]]:
    stretch = Cast(Floor(F("start_seconds") / PAGE_SECONDS), IntegerField())
    grouped = rows.annotate(stretch=stretch).order_by("stretch").values("stretch")
    counted: QuerySet[Any, Any] = grouped.annotate(count=Count("pk"), characters=Sum(Length("text")))
    return counted.values_list("stretch", "count", "characters")


def lines_of(entry: Transcription, first: int, last: int) -> list[Line]:
    """Those of both pages and of the ones between them."""
    begin, end = first * PAGE_SECONDS, (last + 1) * PAGE_SECONDS
    return lines.where(entry, Q(start_seconds__gte=begin, start_seconds__lt=end))


def find(entry: Transcription, text: str) -> list[Line]:
    """The first of those that say it, whatever the case and the accents."""
    return lines.where(entry, Q(IContains(Unaccent(F("text")), Unaccent(Value(text)))), MOST_FOUND)
