"""What a person does with what is theirs: cancel an entry, try it again, throw it away and take it back; delete it for
good, or the whole account."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts import sessions
from accounts.models import User
from transcriptions import incoming, storage
from transcriptions.configuration import current
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


def throw_away(*, entries: Iterable[Transcription], now: datetime) -> None:
    """Out of the history at once; for UNDO_SECONDS they can be taken back. Work that nobody else waits for stops.

    One whose recording still arrives goes for good: its sender stops, too.
    """
    for entry in _in_order(entries):
        if Upload.objects.filter(transcription=entry, completed_at=None).exists():
            delete(entry=entry, now=now)
            continue
        if entry.cancelled_at is None:
            cancel(entry=entry, now=now)
        with transaction.atomic():
            Transcription.objects.filter(pk=entry.pk).update(deleted_at=now)
            Upload.objects.filter(transcription=entry).delete()  # a sender who asks once more is told that it is gone


def take_back(*, user: User, thrown_at: datetime, now: datetime) -> int:
    """What was thrown away together; how many. Work that stopped with it goes on where it was."""
    entries = list(_thrown_away(user, now).filter(deleted_at=thrown_at))
    for entry in _in_order(entries):
        Transcription.all_there_are.filter(pk=entry.pk).update(deleted_at=None)
        if entry.cancelled_at == thrown_at:
            with suppress(RecordingGone):  # its page says that it was cancelled
                retry(entry=entry, now=now)
    return len(entries)


def thrown_away(*, user: User, now: datetime) -> list[tuple[datetime, list[str]]]:
    """What can be taken back: when it was thrown away, and the titles; the latest first."""
    rows = _thrown_away(user, now).order_by("-deleted_at", "pk").values_list("deleted_at", "title")
    return [(at, [title for _, title in some]) for at, some in groupby(rows, key=itemgetter(0))]


def _thrown_away(user: User, now: datetime) -> QuerySet[Transcription]:
    return Transcription.all_there_are.filter(user=user, deleted_at__gt=now - _grace())


def remove_thrown_away(now: datetime) -> int:
    """For good, what was not taken back in time."""
    entries = Transcription.all_there_are.filter(deleted_at__lte=now - _grace()).select_related("transcript")
    removed = 0
    for entry in _in_order(entries):
        delete(entry=entry, now=now)
        removed += 1
    return removed


def _grace() -> timedelta:
    return timedelta(seconds=settings.UNDO_SECONDS)


def _in_order(entries: Iterable[Transcription]) -> list[Transcription]:
    """The order of locks."""
    return sorted(entries, key=lambda entry: (entry.transcript.media_id, entry.transcript_id, entry.pk))


def has_earlier(entry: Transcription) -> bool:
    """Whether there is a corrected text to go back to."""
    return _earlier(entry).exists()


def go_back(*, entry: Transcription, now: datetime) -> None:
    """To the text of before it was transcribed again, which is kept as long as somebody has corrected it."""
    with transaction.atomic():
        _, transcript = _locked(entry)
        earlier = _earlier(entry).order_by("-created_at", "-pk").first()
        if transcript and earlier:
            Transcription.objects.filter(pk=entry.pk).update(transcript=earlier, cancelled_at=None)
            _stop_unless_wanted(transcript, now)
            files.forget(entry.renditions.all())
            Transcript.objects.filter(pk=transcript.pk, transcriptions=None, edits=None).delete()


def _earlier(entry: Transcription) -> QuerySet[Transcript]:
    return Transcript.objects.filter(edits__transcription=entry).exclude(pk=entry.transcript_id)


def delete(*, entry: Transcription, now: datetime) -> None:
    """Take it out of the history. Bytes nobody else has go at once; a finished text stays in the cache for its time."""
    with transaction.atomic():
        freed = _remove(entry, now, keep_text=current.ENABLE_TRANSCRIPTION_CACHE)
        if freed is not None:
            _receipt(Deletion.What.RECORDING, 1, freed, now)


def delete_account(*, user: User, now: datetime) -> None:
    """All of a person: entries, what nobody else has of recordings and texts, what was put together for them, the
    browsers they are signed in with, the account itself with its tokens. All or nothing."""
    with transaction.atomic():
        everything = Transcription.all_there_are.filter(user=user)
        entries = everything.order_by("transcript__media", "transcript", "pk")  # the order of locks
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
    earlier = set(entry.edits.exclude(transcript=transcript).values_list("transcript", flat=True))
    deleted, _ = Transcription.all_there_are.filter(pk=entry.pk).delete()
    if not (deleted and media and transcript):
        return None  # deleted in another tab
    _stop_unless_wanted(transcript, now)
    Transcript.objects.filter(pk__in=earlier, transcriptions=None, edits=None).delete()
    transcript.refresh_from_db()
    kept = keep_text and transcript.state == Transcript.State.DONE
    if not kept and not Transcription.all_there_are.filter(transcript=transcript).exists():
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
