"""Throwing away what is past its time. What stands in a history or is being worked on is never touched, but for
recordings of which the site or their people want less kept.
"""

import logging
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, islice

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from transcriptions import incoming, locks, storage, temporary
from transcriptions.engine.errors import EngineError
from transcriptions.models import (
    Delivery,
    Media,
    Rehearing,
    Rendition,
    Routine,
    Takeout,
    Transcript,
    Transcription,
    Upload,
)
from transcriptions.workflow import arrive, cache, files, history, keep, passages

logger = logging.getLogger(__name__)

BATCH = 500  # files compared with rows at once


@dataclass
class Cleaned:
    """What one clean-up removed, or would; `files` names the files and folders among it, by key or path.

    uploads: those that nobody went on with. entries: thrown away and not taken back. renditions: what was made for
    somebody and was kept for a while. deliveries: of webhooks, that are over. reduced: recordings of which less is kept
    now. failed: those of which it could not be done.
    """

    sessions: int = 0
    uploads: int = 0
    entries: int = 0
    transcripts: int = 0
    media: int = 0
    reduced: int = 0
    failed: int = 0
    renditions: int = 0
    deliveries: int = 0
    lost_files: int = 0
    shard_folders: int = 0
    temporary_files: int = 0
    freed_bytes: int = 0
    files: list[str] = field(default_factory=list, repr=False)

    def note(self, names: Iterable[str], freed_bytes: int) -> None:
        self.files += names
        self.freed_bytes += freed_bytes


Stopping = Callable[[], bool]
Reduce = Callable[[keep.TooMuch], int | None]
EndUpload = Callable[[Upload, datetime], bool]


def clean_up(*, now: datetime, dry_run: bool = False, stopping: Stopping = lambda: False) -> Cleaned | None:
    """None when somebody else is at it. A dry run does the same and takes it back: files go only with a commit."""
    with locks.alone("clean-up") as alone:
        if not alone:
            return None
        cleaned = Cleaned()
        if dry_run:
            with transaction.atomic():
                _clean(cleaned, now, lambda found: 0, lambda upload, now: True)
                transaction.set_rollback(True)
        else:
            _clean(cleaned, now, partial(keep.reduce, now=now, stopping=stopping), arrive.end)
            _note(now)
        return cleaned


def _note(began: datetime) -> None:
    ended = timezone.now()
    fields = {"finished_at": ended, "took_seconds": (ended - began).total_seconds(), "host": socket.gethostname()}
    Routine.objects.update_or_create(name=Routine.Name.CLEAN_UP, defaults=fields)


def _clean(cleaned: Cleaned, now: datetime, reduce: Reduce, end_upload: EndUpload) -> None:
    _expired_sessions(cleaned, now)
    _stray_uploads(cleaned)
    _uploads_nobody_goes_on_with(cleaned, now, end_upload)
    cleaned.entries = history.remove_thrown_away(now)
    cleaned.transcripts = cache.evict(now)
    _media_in_no_history(cleaned)
    _made_past_its_time(cleaned, Rendition.objects.all(), now)
    _made_past_its_time(cleaned, Takeout.objects.all(), now)
    _deliveries_past_their_time(cleaned, now)
    Rehearing.objects.filter(expires_at__lt=now).delete()
    _files_without_a_row(cleaned, now)
    _shards_of_ended_work(cleaned)
    _temporary_files(cleaned, now)
    passages.forget_what_nobody_says()
    _media_nobody_wants_so_much_of(cleaned, now, reduce)  # last: it takes long where it encodes


def _expired_sessions(cleaned: Cleaned, now: datetime) -> None:
    cleaned.sessions = Session.objects.filter(expire_date__lt=now).count()
    SessionStore.clear_expired()


def _stray_uploads(cleaned: Cleaned) -> None:
    for upload_id, file in arrive.strays(list(incoming.files())):
        cleaned.lost_files += 1
        cleaned.note([file.key], file.size_bytes)
        transaction.on_commit(partial(incoming.remove, upload_id))


def _uploads_nobody_goes_on_with(cleaned: Cleaned, now: datetime, end: EndUpload) -> None:
    """Their files go, but for what could be read: that is taken in."""
    there = list(incoming.files())
    for upload in list(arrive.expired(now)):
        goes = [file for upload_id, file in there if upload_id == upload.pk and not upload.transcription_id]
        if end(upload, now):
            cleaned.uploads += 1
            cleaned.note([file.key for file in goes], sum(file.size_bytes for file in goes))


def _media_in_no_history(cleaned: Cleaned) -> None:
    somebodys = Exists(Transcription.all_there_are.filter(transcript__media=OuterRef("pk")))
    for media_id in Media.objects.filter(~somebodys).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            media = Media.objects.select_for_update(skip_locked=True).filter(pk=media_id).first()
            keys = files.names(media) if media else []
            freed = files.forget_bytes_nobody_has(media) if media else None
        if freed is not None:
            cleaned.media += 1
            cleaned.note(keys, freed)


def _made_past_its_time(cleaned: Cleaned, made: QuerySet[files.Made], now: datetime) -> None:
    for made_id in made.filter(expires_at__lt=now).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            past = made.filter(pk=made_id, expires_at__lt=now)
            keys = [key for key in past.values_list("storage_key", flat=True) if key]
            cleaned.renditions += past.count()
            cleaned.note(keys, files.forget(past))


def _deliveries_past_their_time(cleaned: Cleaned, now: datetime) -> None:
    before = now - timedelta(days=settings.WEBHOOK_KEEP_DAYS)
    cleaned.deliveries = Delivery.objects.filter(finished_at__lt=before).delete()[0]


def _media_nobody_wants_so_much_of(cleaned: Cleaned, now: datetime, reduce: Reduce) -> None:
    for found in keep.too_much(now):
        try:
            freed = reduce(found)
        except keep.Stopped:
            return
        except (EngineError, OSError, RuntimeError, storage.Unavailable) as error:
            logger.warning("Of recording %s less could not be kept: %s.", found.media_id, error)
            cleaned.failed += 1
            continue
        if freed is not None:
            cleaned.reduced += 1
            cleaned.freed_bytes += freed


def _files_without_a_row(cleaned: Cleaned, now: datetime) -> None:
    """What a kill left between a file and its row. What is still being written has its name's ending; a dry run has
    counted with its row what goes with it."""
    before, counted = now - timedelta(hours=settings.MAX_TEMP_AGE_HOURS), set(cleaned.files)
    transaction.on_commit(partial(storage.abort_unfinished, before), robust=True)  # not every S3 server can
    complete = (
        file.key
        for file in chain(storage.files("media"), storage.files("takeouts"))
        if file.key not in counted and (file.changed_at < before or not file.key.endswith(storage.UNFINISHED))
    )
    while keys := list(islice(complete, BATCH)):
        for key in sorted(set(keys) - files.in_use(keys)):
            with transaction.atomic():
                locks.hold(key)  # somebody may be writing the row just now
                if not files.in_use([key]):
                    cleaned.lost_files += 1
                    cleaned.note([key], files.delete_after_commit(key))


def _shards_of_ended_work(cleaned: Cleaned) -> None:
    for name in list(storage.folders("shards")):
        if name.isdigit() and not Transcript.objects.filter(pk=int(name), state__in=Transcript.LIVE).exists():
            folder = storage.shard_folder(int(name))
            cleaned.shard_folders += 1
            cleaned.note([folder], sum(file.size_bytes for file in storage.files(folder)))
            transaction.on_commit(partial(storage.delete_folder, folder))


def _temporary_files(cleaned: Cleaned, now: datetime) -> None:
    before = now - timedelta(hours=settings.MAX_TEMP_AGE_HOURS)
    for entry in temporary.left_behind(before.timestamp()):
        cleaned.temporary_files += 1
        cleaned.note([str(entry)], temporary.size(entry))
        transaction.on_commit(partial(temporary.remove, entry))
