"""What was done on each of the last days, as far as its rows are still there: what people delete is not counted."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, ExpressionWrapper, F, FloatField, Q, Sum
from django.db.models.functions import Extract, TruncDate

from transcriptions.models import Transcript

STATE = Transcript.State


@dataclass(frozen=True)
class Day:
    """seconds: of recordings that were done; worked_seconds: from each one's first claim to its end."""

    day: date
    done: int = 0
    failed: int = 0
    seconds: float = 0.0
    worked_seconds: float = 0.0

    @property
    def real_time_ratio(self) -> float:
        """Of all its recordings together; 0 where there are none."""
        return self.worked_seconds / self.seconds if self.seconds else 0.0


def last(count: int, now: datetime) -> list[Day]:
    """The newest at the end. Left out is what took another's text."""
    today = now.date()
    wanted = [today - timedelta(days=ago) for ago in reversed(range(count))]
    # By when they were brought as well: the index has that, and little is done later than a day after it.
    over = Transcript.objects.filter(
        state__in=[STATE.DONE, STATE.FAILED], created_at__gte=now - timedelta(days=count + 1), finished_at__isnull=False
    ).exclude(figures__has_key="copied_from")
    took = ExpressionWrapper(Extract(F("finished_at") - F("started_at"), "epoch"), output_field=FloatField())
    by_day = over.order_by().annotate(day=TruncDate("finished_at")).values("day")
    done = Q(state=STATE.DONE)
    found = by_day.annotate(
        done=Count("pk", filter=done),
        failed=Count("pk", filter=~done),
        seconds=Sum("duration_seconds", filter=done, default=0.0),
        worked_seconds=Sum(took, filter=done, default=0.0),
    )
    days = {row["day"]: Day(**row) for row in found}
    return [days.get(day, Day(day)) for day in wanted]
