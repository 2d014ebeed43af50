"""The finished transcripts as a cache: which of them may go, which may not be used again, and what they are worth.

What stands in somebody's history is in the cache, too, and never leaves it: its text is that person's.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum, Window

from transcriptions import tally
from transcriptions.configuration import current
from transcriptions.models import SegmentEdit, Transcript, Transcription
from transcriptions.workflow import state
from transcriptions.workflow.share import retire


@dataclass(frozen=True)
class Contents:
    """transcripts: finished ones, of which evictable are in nobody's history. Bytes: of their segments' rows."""

    transcripts: int
    size_bytes: int
    evictable: int
    evictable_bytes: int


def evict(now: datetime) -> int:
    """Transcripts in nobody's history: what came to nothing, those past their time, the least recently used over the
    limits of number and size."""
    nobodys = Transcript.objects.filter(_in_no_history())
    for transcript_id in nobodys.filter(state__in=Transcript.LIVE).values_list("pk", flat=True):
        with transaction.atomic():
            row = Transcript.objects.select_for_update().filter(pk=transcript_id).first()
            if row and not _is_somebodys(row):
                state.stop(transcript_id, Transcript.State.CANCELLED, now)  # its people's accounts are gone
    over = nobodys.filter(state__in=Transcript.OVER)
    useless = over.exclude(state=Transcript.State.DONE)
    expired = over.filter(last_used_at__lt=now - timedelta(hours=current.CACHE_TTL_HOURS))
    newest_first = [F("last_used_at").desc(), F("pk").desc()]
    beyond = over.order_by(*newest_first)[current.CACHE_MAX_SIZE :]
    upto = over.annotate(upto=Window(Sum("size_bytes"), order_by=newest_first))
    too_large = upto.filter(upto__gt=current.CACHE_MAX_BYTES)
    deleted = sum(_delete(rows.values_list("pk", flat=True)) for rows in (useless, expired, beyond, too_large))
    tally.count(evicted=deleted)
    return deleted


def invalidate(transcripts: QuerySet[Transcript]) -> int:
    """Have none of them used again, nor what was made from the same sound. Those in a history stay; the others go."""
    invalidated = 0
    for transcript_id in list(transcripts.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = Transcript.objects.filter(pk=transcript_id).first()
            if row is None:
                continue
            retire(row)
        invalidated += 1
    _delete(transcripts.filter(_in_no_history(), state__in=Transcript.OVER).values_list("pk", flat=True))
    tally.count(invalidated=invalidated)
    return invalidated


def purge() -> int:
    """Remove every finished transcript that is in nobody's history."""
    deleted = _delete(
        Transcript.objects.filter(_in_no_history(), state__in=Transcript.OVER).values_list("pk", flat=True)
    )
    tally.count(invalidated=deleted)
    return deleted


def contents() -> Contents:
    done = Transcript.objects.filter(state=Transcript.State.DONE)
    free = done.filter(_in_no_history())
    return Contents(done.count(), _bytes(done), free.count(), _bytes(free))


def stats() -> dict[str, Any]:
    """All figures by name, for people and programs."""
    counted = tally.total()
    return {**asdict(contents()), **asdict(counted), "hit_rate": round(counted.hit_rate, 4)}


def _in_no_history() -> Q:
    """Nor is it one that somebody may go back to, to what they have corrected in it."""
    entries, edits = Transcription.all_there_are, SegmentEdit.objects
    return ~Q(Exists(entries.filter(transcript=OuterRef("pk")))) & ~Q(Exists(edits.filter(transcript=OuterRef("pk"))))


def _is_somebodys(transcript: Transcript) -> bool:
    entries = Transcription.all_there_are.filter(transcript=transcript)
    return entries.exists() or transcript.edits.exists()


def _bytes(transcripts: QuerySet[Transcript]) -> int:
    return int(transcripts.aggregate(size=Sum("size_bytes", default=0))["size"])


def _delete(transcript_ids: Any) -> int:
    deleted = 0
    for transcript_id in list(transcript_ids):
        with transaction.atomic():
            row = Transcript.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=transcript_id).first()
            if row and not row.is_live and not _is_somebodys(row):
                row.delete()
                deleted += 1
    return deleted
