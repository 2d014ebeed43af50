"""The same sound in another file: tagged anew, or in another container. Its text is copied, not made again.

A twin has the same key of its sound (see engine.ffmpeg.FFmpeg.packets), the same options, and may be shared with the
same people. Recordings of their own they stay: each keeps its file, its length and its place in the histories.
"""

from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from transcriptions import locks, storage, tally
from transcriptions.models import Segment, Shard, Transcript
from transcriptions.workflow import passages, state, waveform
from transcriptions.workflow.lease import Lease

NEAR_SECONDS = 1.0  # containers disagree by less on how long the same sound is; a longer one was cut without a trace
SEGMENTS = 500  # copied at once


def finish_by_twin(lease: Lease[Transcript], key: str) -> bool:
    """Remember the key of the sound, and end the work where its text is known."""
    if not key:
        return False
    with transaction.atomic():
        locks.hold(f"sound {key}")
        transcript = lease.hold()
        state.change(transcript.pk, sound_key=key)
        transcript.sound_key = key
        done = _twins(transcript).filter(state=Transcript.State.DONE).order_by("-finished_at")
        twin = next((other for other in done if _is_near(transcript, other)), None)
        return twin is not None and _copied(twin, transcript, timezone.now())


def share_with_twins(transcript_id: int) -> None:
    """End the work on the same sound that began while this one was under way."""
    with transaction.atomic():
        done = Transcript.objects.select_related("media").filter(pk=transcript_id, state=Transcript.State.DONE).first()
        if done is None or not done.sound_key:
            return
        locks.hold(f"sound {done.sound_key}")
        live = _twins(done).filter(state__in=Transcript.LIVE).select_for_update(of=("self",))
        for other in live.order_by("media_id", "pk"):
            if _is_near(done, other):
                _copied(done, other, timezone.now())


def _twins(transcript: Transcript) -> QuerySet[Transcript]:
    same = Transcript.objects.filter(sound_key=transcript.sound_key, reuse_key=transcript.reuse_key)
    return same.exclude(pk=transcript.pk).select_related("media")


def _is_near(one: Transcript, other: Transcript) -> bool:
    lengths = [row.media.duration_seconds or 0.0 for row in (one, other)]
    return abs(lengths[0] - lengths[1]) <= NEAR_SECONDS


def _copied(source: Transcript, target: Transcript, now: datetime) -> bool:
    """False, and nothing done, where the source has been deleted meanwhile."""
    with transaction.atomic():
        _copy(source, target, now)
        is_whole = Transcript.objects.filter(pk=source.pk).exists()  # a deletion is one commit: so all was there
        if not is_whole:
            transaction.set_rollback(True)
    return is_whole


def _copy(source: Transcript, target: Transcript, now: datetime) -> None:
    """All that recognition gives; the target is locked. What had been recognised of it goes: it is the same."""
    length = source.duration_seconds or 0.0
    revision = state.change(
        target.pk,
        state=Transcript.State.DONE,
        anew_revision=F("revision") + 1,  # other segments are in the place of those that were shown
        language=source.language,
        language_probability=source.language_probability,
        duration_seconds=length,
        prepared_seconds=length,
        recognised_seconds=length,
        sound=source.sound,
        size_bytes=source.size_bytes,
        figures={"copied_from": source.pk},
        timings={name: source.timings[name] for name in ("recognise_seconds",) if name in source.timings},
        first_segment_at=now if source.first_segment_at else None,
        prepared_at=now,
        finished_at=now,
        last_used_at=now,
        lease_owner="",
        lease_expires_at=None,
    )
    target.shards.all().delete()
    shard = Shard.objects.create(
        transcript=target,
        index=0,
        start_seconds=0.0,
        end_seconds=length,
        speech=[],
        peaks=waveform.of(source.pk),
        state=Shard.State.DONE,
    )
    ordered = enumerate(source.segments.order_by("start_seconds", "pk").iterator(SEGMENTS))
    while some := list(islice(ordered, SEGMENTS)):
        Segment.objects.bulk_create(_row(segment, shard, position, revision) for position, segment in some)
    passages.index(shard.pk)
    transaction.on_commit(lambda: storage.delete_folder(storage.shard_folder(target.pk)), robust=True)
    tally.count(same_sound=1, saved_seconds=source.timings.get("recognise_seconds", 0.0))


def _row(segment: Segment, shard: Shard, position: int, revision: int) -> Segment:
    segment.pk, segment.shard, segment.transcript_id = None, shard, shard.transcript_id
    segment.position, segment.revision = position, revision
    segment._state.adding = True
    return segment
