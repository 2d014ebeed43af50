"""Whose turn it is: short recordings first, and fair between people. Reads rows, writes none.

A place in the order is a priority and, among those of one priority, a turn. A turn is a number of seconds of recording:
a person's next recording has its turn where their last one ends, and the first of somebody who has nothing under way
has it where the work stands. So a hundred recordings of one person go before as many seconds of another's, and no more:
the two take turns, shard by shard. (Start-time fair queueing, Goyal, Vin and Cheng, 1996.)
"""

from dataclasses import dataclass

from django.db.models import F, Max, Min, Value
from django.db.models.functions import Coalesce

from transcriptions.configuration import current
from transcriptions.engine.pipeline import UNKNOWN_SECONDS
from transcriptions.models import Transcript

SHORT_SECONDS = 60.0  # recordings up to this long go before longer ones
LENGTH = Coalesce("duration_seconds", "media__duration_seconds", Value(UNKNOWN_SECONDS))
Priority = Transcript.Priority


@dataclass(frozen=True, order=True)
class Place:
    """The lower one goes first."""

    priority: int
    turn: float


def of(transcript: Transcript) -> Place:
    return Place(transcript.priority, transcript.turn)


def place(user_id: int | None, length: float | None, priority: int | None = None) -> Place:
    """Where a recording of somebody goes that is brought now. priority: the operator's, in place of its own.

    length: None where it is not known.
    """
    live = Transcript.objects.filter(state__in=Transcript.LIVE)
    own = live.filter(asked_by=user_id) if user_id else live.none()
    if priority is None:
        priority = _priority(own.count(), length)
    stands = live.filter(priority=priority).aggregate(at=Min(F("turn") + F("recognised_seconds")))["at"] or 0.0
    last = own.filter(priority=priority).aggregate(end=Max(F("turn") + LENGTH))["end"] or 0.0
    return Place(priority, max(stands, last))


def _priority(unfinished: int, length: float | None) -> int:
    if current.BULK_FROM and unfinished >= current.BULK_FROM:
        return Priority.BULK
    return Priority.SHORT if length and length <= SHORT_SECONDS else Priority.NORMAL
