"""A shard becomes segments, saved as they come. A shard begun by a worker that died goes on after its last segment."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from transcriptions import configuration, queue, storage
from transcriptions.engine import speech, values
from transcriptions.engine.options import Options
from transcriptions.engine.recognise import ModelPool, Recognition, recognise
from transcriptions.models import Segment, Shard, Transcript
from transcriptions.workflow import finish, state
from transcriptions.workflow.lease import Lease, LeaseLost, carry_out, claim


def process_next(pool: ModelPool, stopping: Callable[[], bool]) -> bool:
    """Recognise the best offered shard: of the shortest recordings first; False when there is none."""
    best = (
        state.offered()
        .select_related("transcript")
        .order_by(
            Coalesce("transcript__duration_seconds", "transcript__media__duration_seconds").asc(nulls_last=True),
            "transcript__created_at",
            "index",
        )
    )
    lease = claim(best, timezone.now())
    if lease is None:
        return False
    carry_out(lease, partial(_process, lease, pool, stopping), partial(_fail, lease), exhausted="recognition_failed")
    return True


def _fail(lease: Lease[Shard], code: str, detail: str) -> None:
    with transaction.atomic():
        Transcript.objects.select_for_update().get(pk=lease.work.transcript_id)
        lease.hold()
        state.stop(lease.work.transcript_id, Transcript.State.FAILED, timezone.now(), code=code, detail=detail)


def _process(lease: Lease[Shard], pool: ModelPool, stopping: Callable[[], bool]) -> None:
    shard, started = lease.work, time.monotonic()
    last = shard.segments.order_by("position").last()
    reached = last.end_seconds if last else shard.start_seconds
    spans = [values.Span(max(start, reached), end) for start, end in shard.speech if end > reached]
    if spans:
        pcm = _sound(shard)
        if pcm is None:
            _report_lost_sound(lease)
            return
        options = Options(**shard.transcript.options)
        options = replace(options, language=options.language or shard.transcript.language)
        with pool.use(configuration.model_key(options.model)) as model:
            recognition = recognise(model, speech.samples(pcm), spans, options, offset=shard.start_seconds)
            _save_language(lease, recognition)
            position = last.position + 1 if last else 0
            for segment in recognition.segments:
                _save(lease, segment, position, reached)
                position, reached = position + 1, segment.end
                if stopping():
                    lease.give_back()
                    queue.wake("speech")
                    return
    _complete(lease, reached, time.monotonic() - started)
    finish.finish_if_complete(shard.transcript_id, timezone.now())


def _sound(shard: Shard) -> bytes | None:
    """None when it is gone or short: removed when the work was stopped and begun again, or lost with the power."""
    try:
        pcm = storage.read(shard.storage_key)
    except FileNotFoundError:
        return None
    return pcm if abs(len(pcm) - (shard.end_seconds - shard.start_seconds) * values.BYTES_PER_SECOND) <= 1 else None


def _report_lost_sound(lease: Lease[Shard]) -> None:
    with transaction.atomic():
        lease.hold()
        Shard.objects.filter(pk=lease.work.pk).update(storage_key="")
        lease.give_back()
    state.make_lost_sound_again()


def _save_language(lease: Lease[Shard], recognition: Recognition) -> None:
    """The first shard that is heard decides for the recording."""
    language = recognition.language
    Transcript.objects.filter(pk=lease.work.transcript_id, language="").update(
        language=language.code, language_probability=language.probability
    )


def _save(lease: Lease[Shard], segment: values.Segment, position: int, reached: float) -> None:
    with transaction.atomic():
        # The transcript's row is locked before the shard's, here as everywhere: no two can wait for each other.
        revision = state.change(
            lease.work.transcript_id,
            recognised_seconds=F("recognised_seconds") + max(segment.end - reached, 0.0),
            first_segment_at=Coalesce("first_segment_at", timezone.now()),
        )
        if not revision:
            raise LeaseLost
        shard = lease.hold()
        shard.attempts = 1  # it moves: only attempts in a row without a word count
        shard.save(update_fields=["attempts"])
        Segment.objects.create(
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


def _complete(lease: Lease[Shard], reached: float, seconds: float) -> None:
    rest = max(lease.work.end_seconds - reached, 0.0)
    with transaction.atomic():
        if not state.change(lease.work.transcript_id, recognised_seconds=F("recognised_seconds") + rest):
            raise LeaseLost
        shard = lease.hold()
        shard.state = Shard.State.DONE
        shard.lease_owner, shard.lease_expires_at = "", None
        shard.busy_seconds += seconds
        shard.save(update_fields=["state", "lease_owner", "lease_expires_at", "busy_seconds"])
        transaction.on_commit(lambda: storage.delete(shard.storage_key))
