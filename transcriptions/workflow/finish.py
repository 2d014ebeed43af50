"""The last shard is done: the transcript is complete. Safe to call as often as one likes."""

from collections import Counter
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Sum

from transcriptions import metrics, queue, storage, trail
from transcriptions.models import Shard, Transcript
from transcriptions.workflow import measure, state, twins

ROW_BYTES = 120  # what a segment's row takes besides its text and words, indexes included


def finish_if_complete(transcript_id: int, now: datetime) -> bool:
    """Finish a transcript that is prepared and has no shard left to do. Of several callers one does it."""
    with transaction.atomic():
        left = Shard.objects.filter(transcript=OuterRef("pk"), state=Shard.State.OFFERED)
        complete = Transcript.objects.filter(~Exists(left), pk=transcript_id, state=Transcript.State.RECOGNISING)
        transcript = complete.select_for_update(of=("self",)).first()
        if transcript is None:
            return False
        with trail.stage("finish"):
            _finish(transcript, now)
    twins.share_with_twins(transcript_id)
    return True


def _finish(transcript: Transcript, now: datetime) -> None:
    fields = {"state": Transcript.State.DONE, "finished_at": now, "last_used_at": now}
    heard, timings, figures = transcript.duration_seconds or 0.0, _timings(transcript, now), _figures(transcript)
    state.change(
        transcript.pk,
        **fields,
        recognised_seconds=heard,
        timings=timings,
        figures=figures,
        forecast_error=measure.forecast_error(transcript, now),
        size_bytes=_size(transcript),
    )
    queue.wake(queue.PICTURES)  # what is to be made of it has waited for its text
    measure.learn(transcript, now)
    folder = storage.shard_folder(transcript.pk)
    transaction.on_commit(lambda: storage.delete_folder(folder), robust=True)
    transaction.on_commit(partial(_count, heard, timings, figures), robust=True)


def _count(heard: float, timings: dict[str, float], figures: dict[str, Any]) -> None:
    metrics.ended.labels(state=Transcript.State.DONE.value, code="").inc()
    metrics.heard_seconds.inc(heard)
    metrics.windows.inc(figures["windows"])
    for reason, windows in figures["again"].items():
        metrics.windows_again.labels(reason=reason).inc(windows)
    metrics.last_words.observe(timings.get("total_seconds", 0.0))
    if "first_segment_seconds" in timings:
        metrics.first_words.observe(timings["first_segment_seconds"])
    if heard:
        metrics.real_time.observe(timings["recognise_seconds"] / heard)


def _size(transcript: Transcript) -> int:
    """Of its segments' rows, in bytes."""
    size = Func(F("text"), function="pg_column_size") + Func(F("words"), function="pg_column_size") + ROW_BYTES
    return int(transcript.segments.aggregate(size=Sum(size, output_field=BigIntegerField(), default=0))["size"])


def _timings(transcript: Transcript, now: datetime) -> dict[str, float]:
    """Seconds since the upload ended (waiting, first segment, all) and spent (preparing; recognising, which
    goes on meanwhile, from the same beginning)."""
    created = transcript.created_at
    since = {
        "waiting_seconds": transcript.started_at,
        "first_segment_seconds": transcript.first_segment_at,
        "total_seconds": now,
    }
    measured = {name: round((at - created).total_seconds(), 3) for name, at in since.items() if at and at >= created}
    begun = transcript.started_at or created
    return {**transcript.timings, **measured, "recognise_seconds": round((now - begun).total_seconds(), 3)}


def _figures(transcript: Transcript) -> dict[str, Any]:
    """Windows decoded, and those decoded again by reason, of all shards together."""
    windows, again = 0, Counter[str]()
    for figures in transcript.shards.order_by("index").values_list("figures", flat=True):
        windows += figures.get("windows", 0)
        again.update(figures.get("again", {}))
    return {"windows": windows, "again": dict(again)}
