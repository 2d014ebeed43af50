"""A transcript by pages, each a stretch of the recording: nobody ever holds the whole of it.

A page is the segments that begin in its stretch of time, so what arrives late, is split or is joined leaves the other
pages as they are.
"""

from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, QuerySet, Sum
from django.db.models.functions import Cast, Floor, Length

from transcriptions.models import Segment
from transcriptions.workflow.export import in_order

PAGE_SECONDS = 120
MOST_FOUND = 200


@dataclass(frozen=True)
class Page:
    """How much there is on one; pages without text are left out. `number` counts stretches from 0."""

    number: int
    segments: int
    characters: int


def number(seconds: float) -> int:
    return int(seconds // PAGE_SECONDS)


def of(transcript_id: int) -> list[Page]:
    stretch = Cast(Floor(F("start_seconds") / PAGE_SECONDS), IntegerField())
    segments = Segment.objects.filter(transcript_id=transcript_id).annotate(stretch=stretch)
    rows = segments.values("stretch").annotate(count=Count("pk"), characters=Sum(Length("text")))
    return [Page(*row) for row in rows.order_by("stretch").values_list("stretch", "count", "characters")]


def segments(transcript_id: int, first: int, last: int) -> QuerySet[Segment]:
    """Those of both pages and of the ones between them."""
    begin, end = first * PAGE_SECONDS, (last + 1) * PAGE_SECONDS
    return in_order(transcript_id).filter(start_seconds__gte=begin, start_seconds__lt=end)


def find(transcript_id: int, text: str) -> list[Segment]:
    """The first of those that say it, whatever the case."""
    return list(in_order(transcript_id).filter(text__icontains=text).defer("words")[:MOST_FOUND])
