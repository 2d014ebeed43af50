"""Which entries of a history are asked for, and in which order. Every door lists by the same words."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from transcriptions.models import Transcript, Transcription

UNDER_WAY = "under_way"


@dataclass(frozen=True)
class Wanted:
    """What is empty narrows nothing, but for the archive: its entries are listed apart. order: of keyset.ORDERS."""

    state: str = ""
    language: str = ""
    tag: str = ""
    since: date | None = None
    until: date | None = None
    favourite: bool = False
    archived: bool = False
    order: str = "newest"


def narrowed(rows: QuerySet[Transcription], wanted: Wanted) -> QuerySet[Transcription]:
    asked: dict[str, Any] = {
        "transcript__state__in": {"": None, UNDER_WAY: Transcript.LIVE}.get(wanted.state, [wanted.state]),
        "transcript__language": wanted.language,
        "tags__contains": [wanted.tag] if wanted.tag else None,
        "is_favourite": wanted.favourite,
        "created_at__gte": _midnight(wanted.since) if wanted.since else None,
        "created_at__lt": _midnight(wanted.until + timedelta(days=1)) if wanted.until else None,
    }
    rows = rows.filter(is_archived=wanted.archived, **{name: value for name, value in asked.items() if value})
    return measured(rows, wanted.order)


def measured(rows: QuerySet[Transcription], order: str) -> QuerySet[Transcription]:
    """With what the order of keyset.ORDERS compares."""
    if order != "length":
        return rows
    known = Coalesce(F("transcript__duration_seconds"), F("transcript__media__duration_seconds"), 0.0)
    return rows.annotate(length=known)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
