"""Putting things right: lost wake-ups, dead leases, unfinished ends, what the dead of this host have left."""

import socket
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, QuerySet

from transcriptions import queue, temporary
from transcriptions.models import Transcript, WorkerProcess
from transcriptions.processes import is_alive
from transcriptions.workflow import deliver, fetch, finish, follow, order, rehear, renditions, state, takeout
from transcriptions.workflow.lease import free_at, free_leases_of_the_dead

SILENT_SECONDS = 120  # a worker that has not been heard of for so long is gone


def sweep(now: datetime) -> None:
    """Make the queues agree with the rows. Run often; finds nothing to do nearly always."""
    free_leases_of_the_dead()
    state.make_lost_sound_again()
    for transcript_id in Transcript.objects.filter(state=Transcript.State.RECOGNISING).values_list("pk", flat=True):
        finish.finish_if_complete(transcript_id, now)
    waiting = Transcript.objects.filter(
        ~Exists(follow.not_yet()), state__in=[Transcript.State.QUEUED, Transcript.State.PREPARING], prepared_at=None
    )
    kinds: tuple[tuple[str, list[QuerySet[Any]]], ...] = (
        ("media", [waiting, fetch.waiting(), deliver.waiting()]),
        ("speech", [state.offered(), rehear.waiting()]),
        (queue.PICTURES, [renditions.waiting(), takeout.waiting()]),
    )
    for kind, work in kinds:
        missing = sum(rows.filter(free_at(now)).count() for rows in work) - queue.waiting(kind)
        if missing > 0:
            queue.wake(kind, missing)
    order.spare_the_patient(now)
    _forget_workers(now)
    for left in temporary.left_behind(before=0.0):
        temporary.remove(left)


def _forget_workers(now: datetime) -> None:
    """Those not heard of for long, and those of this host whose process is gone."""
    WorkerProcess.objects.filter(beat_at__lt=now - timedelta(seconds=SILENT_SECONDS)).delete()
    here = WorkerProcess.objects.filter(host=socket.gethostname())
    WorkerProcess.objects.filter(pk__in=[worker.pk for worker in here if not is_alive(worker.pid)]).delete()
