"""What waits to be worked on, by the queue it goes through, and what is: figures for operators, out of the rows.

What a worker may claim this very moment is the workflow's to say; this counts what nobody works on.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, FloatField, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from transcriptions.models import Delivery, Leased, Rehearing, Rendition, Shard, Takeout, Transcript, Upload
from transcriptions.queue import PICTURES

KINDS: dict[str, type[Leased]] = {
    "prepare": Transcript,
    "recognise": Shard,
    "render": Rendition,
    "takeout": Takeout,
    "rehear": Rehearing,
    "fetch": Upload,
    "deliver": Delivery,
}


@dataclass(frozen=True)
class Waiting:
    """oldest_seconds: how long the first of them has waited. audio_seconds: as far as it is known."""

    jobs: int
    audio_seconds: float
    oldest_seconds: float


def waiting(now: datetime) -> dict[str, Waiting]:
    """By queue."""
    nobody = Q(lease_owner="") | Q(lease_expires_at__lt=now)
    arriving = Upload.objects.filter(transcription__transcript=OuterRef("pk"), completed_at=None, error_code="")
    unprepared = Transcript.objects.filter(nobody, ~Exists(arriving), state__in=Transcript.LIVE, prepared_at=None)
    offered = Shard.objects.filter(nobody, state=Shard.State.OFFERED, transcript__state__in=Transcript.LIVE)
    unmade = Rendition.objects.filter(nobody, state=Rendition.State.WAITING)
    return {
        "media": _counted(unprepared, "media__duration_seconds", "created_at", now),
        "speech": _counted(
            offered.exclude(storage_key="").annotate(length=F("end_seconds") - F("start_seconds")),
            "length",
            "offered_at",
            now,
        ),
        PICTURES: _counted(unmade, "media__duration_seconds", "created_at", now),
    }


def held(now: datetime) -> dict[str, int]:
    """Work that a worker holds, by its kind."""
    holding = {kind: model._default_manager.exclude(lease_owner="") for kind, model in KINDS.items()}
    return {kind: rows.filter(lease_expires_at__gte=now).count() for kind, rows in holding.items()}


def _counted(rows: QuerySet[Any], length: str, since: str, now: datetime) -> Waiting:
    found = rows.aggregate(
        jobs=Count("pk"),
        seconds=Coalesce(Sum(length, output_field=FloatField()), 0.0),
        oldest=Min(since),
    )
    oldest = max((now - found["oldest"]).total_seconds(), 0.0) if found["oldest"] else 0.0
    return Waiting(found["jobs"], found["seconds"], oldest)
