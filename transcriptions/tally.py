"""What the result cache did and saved, counted in rows, a row a day: the same whichever process counts or asks."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from transcriptions.models import CacheDay


@dataclass(frozen=True)
class Tally:
    """lookups: by what was there - nothing, the same work under way, or done; the same sound in another file.

    saved_seconds: of recognition, as long as it took the first time.
    """

    missed: int = 0
    attached: int = 0
    hit: int = 0
    same_sound: int = 0
    evicted: int = 0
    invalidated: int = 0
    saved_seconds: float = 0.0

    @property
    def hit_rate(self) -> float:
        """Of all lookups, 0 to 1. Work whose sound was met later was a miss first."""
        lookups = self.missed + self.attached + self.hit
        return (self.attached + self.hit + self.same_sound) / lookups if lookups else 0.0


NAMES = tuple(asdict(Tally()))


def count(**amounts: float) -> None:
    """Add to today's, by the names of a Tally, once the transaction commits: its row is locked for a moment only."""
    transaction.on_commit(lambda: _add(amounts), robust=True)


def total() -> Tally:
    sums = CacheDay.objects.aggregate(**{name: Sum(name, default=0) for name in NAMES})
    return Tally(**sums)


def by_day(since: date) -> dict[date, Tally]:
    """Of the days on which there was anything."""
    rows = CacheDay.objects.filter(day__gte=since).values("day", *NAMES)
    return {row.pop("day"): Tally(**row) for row in rows}


def _add(amounts: dict[str, float]) -> None:
    more: dict[str, Any] = {name: F(name) + amount for name, amount in amounts.items()}
    today = timezone.now().date()
    if not CacheDay.objects.filter(day=today).update(**more):
        CacheDay.objects.get_or_create(day=today)
        CacheDay.objects.filter(day=today).update(**more)
