"""What a person does with what is theirs: cancel an entry, try it again, delete it, delete the whole account."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts import sessions
from accounts.models import User
from transcriptions import incoming, storage
from transcriptions.models import Deletion, Media, Takeout, Transcript, Transcription, Upload
from transcriptions.workflow import files, follow, state


class RecordingGone(Exception):  # noqa: N818 - a verdict, not an error
    """The work cannot begin again: the recording's bytes are not kept any more."""


def cancel(*, entry: Transcription, now: datetime) -> None:
    """Stop waiting for it. The work goes on while anybody else waits for the same."""
    with transaction.atomic():
        transcript = Transcript.objects.select_for_update().filter(pk=entry.transcript_id).first()
        if transcript is None or not transcript.is_live:
            return  # finished meanwhile, or deleted in another tab
        Transcription.objects.filter(pk=entry.pk).update(cancelled_at=now)
        _stop_unless_wanted(transcript, now)


def retry(*, entry: Transcription, now: datetime) -> None:
    """Wait for it again, and begin the work again if it failed or was cancelled. Raises RecordingGone."""
    with transaction.atomic():
        media, transcript = _locked(entry)
        Transcription.objects.filter(pk=entry.pk).update(cancelled_at=None)
        if media and transcript and transcript.state in {Transcript.State.FAILED, Transcript.State.CANCELLED}:
            if not (storage.exists(media.storage_key) or follow.upload_of(transcript)):
                raise RecordingGone
            state.restart(transcript, now)


def delete(*, entry: Transcription, now: datetime) -> None:
    """Take it out of the history. Bytes nobody else has go at once; a finished text stays in the cache for its time."""
    with transaction.atomic():
        freed = _remove(entry, now, keep_text=settings.ENABLE_TRANSCRIPTION_CACHE)
        if freed is not None:
            _receipt(Deletion.What.RECORDING, 1, freed, now)


def delete_account(*, user: User, now: datetime) -> None:
    """All of a person: entries, what nobody else has of recordings and texts, what was put together for them, the
    browsers they are signed in with, the account itself with its tokens. All or nothing."""
    with transaction.atomic():
        entries = user.transcriptions.order_by("transcript__media", "transcript", "pk")  # the order of locks
        freed = [_remove(entry, now, keep_text=False) for entry in entries]
        freed_besides = files.forget(Takeout.objects.filter(user=user))
        _stop_arriving(user.uploads.all())
        sessions.end_all(user=user)
        user.delete()
        _receipt(Deletion.What.ACCOUNT, len(freed), sum(filter(None, freed)) + freed_besides, now)


def _remove(entry: Transcription, now: datetime, *, keep_text: bool) -> int | None:
    """Bytes that go with the commit; None when the entry was gone already."""
    media, transcript = _locked(entry)
    _stop_arriving(Upload.objects.filter(transcription=entry))
    made = files.forget(entry.renditions.all())
    deleted, _ = Transcription.objects.filter(pk=entry.pk).delete()
    if not (deleted and media and transcript):
        return None  # deleted in another tab
    _stop_unless_wanted(transcript, now)
    transcript.refresh_from_db()
    kept = keep_text and transcript.state == Transcript.State.DONE
    if not kept and not transcript.transcriptions.exists():
        transcript.delete()
    return made + (files.forget_bytes_nobody_has(media) or 0)


def _stop_arriving(uploads: QuerySet[Upload]) -> None:
    for upload_id in uploads.values_list("pk", flat=True):
        transaction.on_commit(partial(incoming.remove, upload_id), robust=True)


def _locked(entry: Transcription) -> tuple[Media | None, Transcript | None]:
    media = Media.objects.select_for_update(of=("self",)).filter(transcripts=entry.transcript_id).first()
    return media, Transcript.objects.select_for_update().filter(pk=entry.transcript_id).first()


def _receipt(what: Deletion.What, recordings: int, freed: int, now: datetime) -> None:
    Deletion.objects.create(what=what, recordings=recordings, size_bytes=freed, deleted_at=now)


def _stop_unless_wanted(transcript: Transcript, now: datetime) -> None:
    if not transcript.transcriptions.filter(cancelled_at=None).exists():
        state.stop(transcript.pk, Transcript.State.CANCELLED, now)
