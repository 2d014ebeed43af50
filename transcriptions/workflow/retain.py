"""Putting things right: lost wake-ups, dead leases, unfinished ends; and the result cache's limits."""

import socket
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from transcriptions import queue
from transcriptions.models import Transcript, Transcription, WorkerProcess
from transcriptions.processes import is_alive
from transcriptions.workflow import finish, state
from transcriptions.workflow.lease import free_at, free_leases_of_the_dead

SILENT_SECONDS = 120  # a worker that has not been heard of for so long is gone


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
