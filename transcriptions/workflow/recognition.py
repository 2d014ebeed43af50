"""A shard becomes segments, saved window by window. One begun by a worker that died goes on where it was."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from transcriptions import queue, storage
from transcriptions.engine import values
from transcriptions.engine.model_pool import ModelPool
from transcriptions.engine.recognise import Figures, Heard
from transcriptions.models import Segment, Shard, Transcript
from transcriptions.workflow import finish, passages, state
from transcriptions.workflow.hear import SoundLost, hear
from transcriptions.workflow.lease import Lease, LeaseLost, carry_out

Stopping = Callable[[], bool]


def recognise_shard(lease: Lease[Shard], pool: ModelPool, stopping: Stopping) -> None:
    """What is left of it, to its end or until the worker shall stop."""
    carry_out(lease, partial(_process, lease, pool, stopping), partial(_fail, lease), exhausted="recognition_failed")


def _fail(lease: Lease[Shard], code: str, detail: str) -> None:
    with transaction.atomic():
        Transcript.objects.select_for_update().get(pk=lease.work.transcript_id)
        lease.hold()
        state.stop(lease.work.transcript_id, Transcript.State.FAILED, timezone.now(), code=code, detail=detail)


def _process(lease: Lease[Shard], pool: ModelPool, stopping: Stopping) -> None:
    shard, started = lease.work, time.monotonic()
    reached = _reached(shard)
    figures = Figures()
    try:
        for some in hear(shard, pool, reached, figures):
            if some:
                _save(lease, some, reached)
                reached = some[-1].reached
            if stopping():
                lease.give_back()
                queue.wake("speech")
                return
    except SoundLost:
        _report_lost_sound(lease)
        return
    _complete(lease, reached, time.monotonic() - started, figures)
    finish.finish_if_complete(shard.transcript_id, timezone.now())


def _reached(shard: Shard) -> float:
    """Where to go on. Shards of before this was kept have their segments alone."""
    if shard.reached_seconds is not None:
        return shard.reached_seconds
    last: float | None = shard.segments.aggregate(end=Max("end_seconds"))["end"]
    return shard.start_seconds if last is None else last


def _report_lost_sound(lease: Lease[Shard]) -> None:
    with transaction.atomic():
        lease.hold()
        Shard.objects.filter(pk=lease.work.pk).update(storage_key="")
        lease.give_back()
    state.make_lost_sound_again()


def _save(lease: Lease[Shard], some: list[Heard], reached: float) -> None:
    """The segments of the windows that were heard together. What was heard stays heard, whatever happens next."""
    segments, further = [segment for heard in some for segment in heard.segments], some[-1].reached
    fields: dict[str, Any] = {"recognised_seconds": F("recognised_seconds") + max(further - reached, 0.0)}
    if segments:
        fields["first_segment_at"] = Coalesce("first_segment_at", timezone.now())
    with transaction.atomic():
        # The transcript's row is locked before the shard's, here as everywhere: no two can wait for each other.
        revision = state.change(lease.work.transcript_id, **fields)
        if not revision:
            raise LeaseLost
        shard = lease.hold()
        shard.attempts = 1  # it moves: only attempts in a row without a word count
        shard.reached_seconds = further
        shard.save(update_fields=["attempts", "reached_seconds"])
        position = shard.segments.count()
        rows = (_row(shard, segment, position + index, revision) for index, segment in enumerate(segments))
        Segment.objects.bulk_create(rows)


def _row(shard: Shard, segment: values.Segment, position: int, revision: int) -> Segment:
    return Segment(
        transcript_id=shard.transcript_id,
        shard=shard,
        position=position,
        start_seconds=segment.start,
        end_seconds=segment.end,
        text=segment.text,
        words=[[word.start, word.end, word.text, word.probability] for word in segment.words],
        avg_logprob=segment.avg_logprob,
        no_speech_prob=segment.no_speech_prob,
        compression_ratio=segment.compression_ratio,
        temperature=segment.temperature,
        revision=revision,
    )


def _complete(lease: Lease[Shard], reached: float, seconds: float, figures: Figures) -> None:
    rest = max(lease.work.end_seconds - reached, 0.0)
    with transaction.atomic():
        if not state.change(lease.work.transcript_id, recognised_seconds=F("recognised_seconds") + rest):
            raise LeaseLost
        shard = lease.hold()
        shard.state = Shard.State.DONE
        shard.lease_owner, shard.lease_expires_at = "", None
        shard.busy_seconds += seconds
        shard.figures = {"windows": figures.windows, "again": dict(figures.again)}
        shard.save(update_fields=["state", "lease_owner", "lease_expires_at", "busy_seconds", "figures"])
        passages.index(shard.pk)
        transaction.on_commit(lambda: storage.delete(shard.storage_key), robust=True)
