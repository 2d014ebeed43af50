"""Giving work its place in the order; see transcriptions.turns. The rows are locked by the caller, or their own."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from transcriptions import turns
from transcriptions.models import Shard, Transcript
from transcriptions.turns import Place, Priority

BULK_HOURS = 6.0  # what has waited behind all others for so long does so no more


def hurry(transcript: Transcript, user_id: int) -> None:
    """Somebody else wants what is under way: it goes where it would go if they alone did, if that is sooner."""
    place = turns.place(user_id, _length(transcript))
    if transcript.asked_by_id != user_id and place < turns.of(transcript):
        _put(transcript.pk, place, asked_by=user_id)


def begin_again(transcript: Transcript) -> None:
    """Where the work stands by now, which is not where it stood."""
    _put(transcript.pk, turns.place(transcript.asked_by_id, _length(transcript)))


def prioritise(transcripts: QuerySet[Transcript], priority: int) -> int:
    """As the operator wants it; how many of them are under way."""
    count = 0
    with transaction.atomic():
        live = transcripts.filter(state__in=Transcript.LIVE).exclude(priority=priority)
        for transcript in live.select_for_update(of=("self",)).select_related("media").order_by("media_id", "pk"):
            _put(transcript.pk, turns.place(transcript.asked_by_id, _length(transcript), priority))
            count += 1
    return count


def spare_the_patient(now: datetime) -> None:
    """What goes behind all others does not for ever."""
    patient = Transcript.objects.filter(priority=Priority.BULK, created_at__lt=now - timedelta(hours=BULK_HOURS))
    if patient.filter(state__in=Transcript.LIVE).exists():
        prioritise(patient, Priority.NORMAL)


def _put(transcript_id: int, place: Place, **fields: int) -> None:
    Transcript.objects.filter(pk=transcript_id).update(priority=place.priority, turn=place.turn, **fields)
    shards = Shard.objects.filter(transcript_id=transcript_id, state=Shard.State.OFFERED)
    shards.update(priority=place.priority, turn=place.turn + F("start_seconds"))


def _length(transcript: Transcript) -> float | None:
    return transcript.duration_seconds or transcript.media.duration_seconds
