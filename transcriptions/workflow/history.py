"""What a person does with an entry of their history: cancel it, try it again, delete it."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from transcriptions import storage
from transcriptions.models import Media, Transcript, Transcription
from transcriptions.workflow import state


def cancel(*, entry: Transcription, now: datetime) -> None:
    """Stop waiting for it. The work goes on while anybody else waits for the same."""
    with transaction.atomic():
        transcript = Transcript.objects.select_for_update().filter(pk=entry.transcript_id).first()
        if transcript is None or not transcript.is_live:
            return  # finished meanwhile, or deleted in another tab
        Transcription.objects.filter(pk=entry.pk).update(cancelled_at=now)
        _stop_unless_wanted(transcript, now)


def retry(*, entry: Transcription, now: datetime) -> None:
    """Wait for it again, and begin the work again if it failed or was cancelled."""
    with transaction.atomic():
        transcript = Transcript.objects.select_for_update().filter(pk=entry.transcript_id).first()
        Transcription.objects.filter(pk=entry.pk).update(cancelled_at=None)
        if transcript and transcript.state in {Transcript.State.FAILED, Transcript.State.CANCELLED}:
            state.restart(transcript, now)


def delete(*, entry: Transcription, now: datetime) -> None:
    """Take it out of the history. Bytes nobody else has go at once; a finished text stays in the cache for its time."""
    with transaction.atomic():
        media = Media.objects.select_for_update(of=("self",)).filter(transcripts=entry.transcript_id).first()
        if media is None:
            return  # deleted in another tab
        transcript = Transcript.objects.select_for_update().get(pk=entry.transcript_id)
        Transcription.objects.filter(pk=entry.pk).delete()
        _stop_unless_wanted(transcript, now)
        transcript.refresh_from_db()
        kept = settings.ENABLE_TRANSCRIPTION_CACHE and transcript.state == Transcript.State.DONE
        if not kept and not transcript.transcriptions.exists():
            transcript.delete()
        forget_bytes_nobody_has(media)


def forget_bytes_nobody_has(media: Media) -> bool:
    """Remove a media file, locked by the caller, that stands in no history; the row too when nothing hangs on it."""
    if Transcription.objects.filter(transcript__media=media).exists():
        return False
    key, still_used = media.storage_key, media.transcripts.exists()
    if still_used:
        media.storage_key = ""
        media.save(update_fields=["storage_key"])
    else:
        media.delete()
    storage.delete(key)
    return bool(key) or not still_used


def _stop_unless_wanted(transcript: Transcript, now: datetime) -> None:
    if not transcript.transcriptions.filter(cancelled_at=None).exists():
        state.stop(transcript.pk, Transcript.State.CANCELLED, now)
