"""Changing a transcript: each visible change gets a revision of its own, in commit order, and is announced.

The row stays locked until the transaction ends, so whoever has read revision N has missed nothing up to N.
"""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from transcriptions import metrics, progress, queue, storage, trail
from transcriptions.models import Shard, Transcript
from transcriptions.workflow import order, telling


def change(transcript_id: int, **fields: Any) -> int:
    """Update a live transcript, announce it and return the new revision; 0 when it is no longer live."""
    live = Transcript.objects.filter(pk=transcript_id, state__in=Transcript.LIVE)
    if not live.update(revision=F("revision") + 1, **fields):
        return 0
    if fields.get("state") in telling.EVENTS:
        telling.tell(transcript_id)
    progress.announce(transcript_id)
    return Transcript.objects.values_list("revision", flat=True).get(pk=transcript_id)


def stop(transcript_id: int, state: Transcript.State, now: datetime, *, code: str = "", detail: str = "") -> bool:
    """End a live transcript as failed or cancelled. What was recognised stays; a restart goes on from there."""
    with transaction.atomic():
        fields = {"state": state, "error_code": code, "error_detail": detail[:4000], "finished_at": now}
        stopped = change(transcript_id, **fields, lease_owner="", lease_expires_at=None)
        if stopped:
            transaction.on_commit(metrics.ended.labels(state=state.value, code=code).inc, robust=True)
            nothing = {"lease_owner": "", "lease_expires_at": None, "storage_key": ""}
            Shard.objects.filter(transcript_id=transcript_id).update(**nothing)
            transaction.on_commit(lambda: storage.delete_folder(storage.shard_folder(transcript_id)), robust=True)
    return bool(stopped)


def discard(transcript: Transcript) -> None:
    """Remove one that nobody has any more, and what was made for it. The row is locked by the caller."""
    progress.announce(transcript.pk)
    transaction.on_commit(partial(storage.delete_folder, storage.shard_folder(transcript.pk)), robust=True)
    transcript.delete()


def begin_anew(transcript_id: int) -> bool:
    """Throw away what has been made of a live transcript: it is of another sound than its own. Its readers are told."""
    with transaction.atomic():
        nothing = {"prepared_seconds": 0.0, "recognised_seconds": 0.0, "language": "", "language_probability": None}
        revision = change(transcript_id, **nothing, first_segment_at=None, anew_revision=F("revision") + 1)
        Shard.objects.filter(transcript_id=transcript_id).delete()
    return bool(revision)


def offered() -> QuerySet[Shard]:
    """Shards that wait to be recognised and whose sound is there. Transcripts that are over offer nothing."""
    waiting = Shard.objects.filter(state=Shard.State.OFFERED, transcript__state__in=Transcript.LIVE)
    return waiting.exclude(storage_key="")


def make_lost_sound_again() -> None:
    """Prepare transcripts once more that are prepared and have a shard without its sound; what is recognised stays."""
    soundless = Shard.objects.filter(transcript=OuterRef("pk"), state=Shard.State.OFFERED, storage_key="")
    lost = Transcript.objects.filter(Exists(soundless), state=Transcript.State.RECOGNISING)
    for transcript_id in lost.values_list("pk", flat=True):
        with transaction.atomic():
            change(transcript_id, state=Transcript.State.QUEUED, prepared_at=None)
            queue.wake("media")


def restart(transcript: Transcript, now: datetime) -> None:
    """Begin a failed or cancelled transcript again; the row is locked by the caller. Done shards stay done.

    The sound of the others went when it stopped: they are offered again as preparing comes to them.
    """
    order.begin_again(transcript)
    transcript.shards.update(attempts=0, lease_owner="", lease_expires_at=None, storage_key="")
    Transcript.objects.filter(pk=transcript.pk).update(
        state=Transcript.State.QUEUED,
        revision=F("revision") + 1,
        attempts=0,
        error_code="",
        error_detail="",
        forecast_seconds=None,
        origin=trail.origin(),
        prepared_at=None,
        started_at=None,
        finished_at=None,
        created_at=now,
        last_used_at=now,
    )
    progress.announce(transcript.pk)
    queue.wake("media")
