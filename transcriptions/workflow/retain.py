"""Putting things right and throwing things away: lost wake-ups, dead leases, old caches, forgotten files."""

import shutil
import socket
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from transcriptions import queue, storage
from transcriptions.models import Media, Transcript, Transcription, WorkerProcess
from transcriptions.workflow import finish, history, state
from transcriptions.workflow.lease import free_at, free_leases_of_the_dead, is_alive

SILENT_SECONDS = 120  # a worker that has not been heard of for so long is gone


@dataclass
class Cleaned:
    """What one clean-up removed."""

    transcripts: int = 0
    media: int = 0
    temporary_files: int = 0
    shard_folders: int = 0


def sweep(now: datetime) -> None:
    """Make the queues agree with the rows. Run often; finds nothing to do nearly always."""
    free_leases_of_the_dead()
    state.make_lost_sound_again()
    for transcript_id in Transcript.objects.filter(state=Transcript.State.RECOGNISING).values_list("pk", flat=True):
        finish.finish_if_complete(transcript_id, now)
    waiting = Transcript.objects.filter(
        state__in=[Transcript.State.QUEUED, Transcript.State.PREPARING], prepared_at=None
    )
    for kind, work in (("media", waiting), ("speech", state.offered())):
        missing = work.filter(free_at(now)).count() - queue.waiting(kind)
        if missing > 0:
            queue.wake(kind, missing)
    _forget_workers(now)


def _forget_workers(now: datetime) -> None:
    """Those not heard of for long, and those of this host whose process is gone."""
    WorkerProcess.objects.filter(beat_at__lt=now - timedelta(seconds=SILENT_SECONDS)).delete()
    here = WorkerProcess.objects.filter(host=socket.gethostname())
    WorkerProcess.objects.filter(pk__in=[worker.pk for worker in here if not is_alive(worker.pid)]).delete()


def clean_up(now: datetime) -> Cleaned:
    """Remove what is past its time. What stands in a history or is being worked on is never touched."""
    SessionStore.clear_expired()
    cleaned = Cleaned(transcripts=_evict(now))
    for media_id in Media.objects.filter(_in_no_history("transcript__media")).values_list("pk", flat=True):
        with transaction.atomic():
            media = Media.objects.select_for_update().filter(pk=media_id).first()
            cleaned.media += media is not None and history.forget_bytes_nobody_has(media)
    cleaned.temporary_files = _remove_old_files(Path(settings.TEMP_DIR), settings.MAX_TEMP_AGE_HOURS * 3600)
    for name in list(storage.folders("shards")):
        if name.isdigit() and not Transcript.objects.filter(pk=int(name), state__in=Transcript.LIVE).exists():
            storage.delete_folder(storage.shard_folder(int(name)))
            cleaned.shard_folders += 1
    return cleaned


def _evict(now: datetime) -> int:
    """Transcripts in nobody's history: those past their time, and the least recently used over the limit."""
    nobodys = Transcript.objects.filter(_in_no_history("transcript"))
    for transcript_id in nobodys.filter(state__in=Transcript.LIVE).values_list("pk", flat=True):
        with transaction.atomic():
            row = Transcript.objects.select_for_update().filter(pk=transcript_id).first()
            if row and not row.transcriptions.exists():
                state.stop(transcript_id, Transcript.State.CANCELLED, now)  # its people's accounts are gone
    unwanted = nobodys.filter(state__in=Transcript.OVER)
    useless = unwanted.exclude(state=Transcript.State.DONE)
    expired = unwanted.filter(last_used_at__lt=now - timedelta(hours=settings.CACHE_TTL_HOURS))
    beyond = unwanted.order_by("-last_used_at", "-pk")[settings.CACHE_MAX_SIZE :]
    return sum(map(_delete, (useless, expired, beyond)))


def _in_no_history(path: str) -> Q:
    return ~Q(Exists(Transcription.objects.filter(**{path: OuterRef("pk")})))


def _delete(transcripts: QuerySet[Transcript]) -> int:
    deleted = 0
    for transcript_id in list(transcripts.values_list("pk", flat=True)):
        with transaction.atomic():
            row = Transcript.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=transcript_id).first()
            if row and not row.is_live and not row.transcriptions.exists():
                row.delete()
                deleted += 1
    return deleted


def _changed_at(entry: Path) -> float:
    """A folder is as new as what is in it: an upload that still arrives only touches its file."""
    inside = entry.rglob("*") if entry.is_dir() and not entry.is_symlink() else ()
    return max(float(path.lstat().st_mtime) for path in (entry, *inside))


def _remove_old_files(folder: Path, seconds: float) -> int:
    limit = time.time() - seconds
    old = [entry for entry in folder.iterdir() if _changed_at(entry) < limit] if folder.is_dir() else []
    for entry in old:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    return len(old)
