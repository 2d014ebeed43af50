"""What operators want workers to do with their models: load one before somebody waits for it, or let go of its memory.

A wish is a row with the name of a worker, which looks for its own every few seconds. When it is gone, the next one of
its host takes what it has left. A wish that was begun a few times and never ended is left alone: it may be what kills
them.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from transcriptions import configuration
from transcriptions.engine.errors import EngineError
from transcriptions.engine.model_pool import ModelPool
from transcriptions.models import ModelWish, WorkerProcess
from transcriptions.workflow import versions

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
STALE_HOURS = 1  # nobody expects it any more


def ask(*, workers: Iterable[WorkerProcess], kind: ModelWish.Kind, model: str, now: datetime) -> list[WorkerProcess]:
    """Of those that recognise; which they are. model: empty for the one that is set, or to unload, all."""
    speech = [worker for worker in workers if worker.kind == WorkerProcess.Kind.SPEECH]
    wishes = [ModelWish(kind=kind, model=model, worker=its.name, host=its.host, asked_at=now) for its in speech]
    ModelWish.objects.bulk_create(wishes)
    return speech


def carry_out_next(pool: ModelPool, worker: str, host: str) -> bool:
    """The oldest wish of this worker; False when there is none."""
    wish = _take(worker, host, timezone.now())
    if wish is None:
        return False
    error = ""
    try:
        _carry_out(wish, pool)
    except EngineError as refused:
        error = f"{refused.code}: {refused.detail}"
    except Exception as unexpected:
        logger.exception("%s could not be carried out.", wish)
        error = f"{type(unexpected).__name__}: {unexpected}"
    ModelWish.objects.filter(pk=wish.pk).update(done_at=timezone.now(), error=error)
    return True


def waiting(now: datetime) -> QuerySet[ModelWish]:
    fresh = ModelWish.objects.filter(asked_at__gt=now - timedelta(hours=STALE_HOURS))
    return fresh.filter(done_at=None, attempts__lt=MAX_ATTEMPTS)


def _take(worker: str, host: str, now: datetime) -> ModelWish | None:
    left = Q(host=host) & ~Exists(WorkerProcess.objects.filter(name=OuterRef("worker")))
    mine = waiting(now).filter(Q(worker=worker) | left).order_by("pk")
    with transaction.atomic():
        wish = mine.select_for_update(skip_locked=True).first()
        if wish is None:
            return None
        wish.worker, wish.attempts = worker, wish.attempts + 1
        wish.save(update_fields=["worker", "attempts"])
    return wish


def _carry_out(wish: ModelWish, pool: ModelPool) -> None:
    if wish.kind == ModelWish.Kind.UNLOAD:
        pool.unload(wish.model.replace("/", "--"))
        return
    name = wish.model or configuration.model_name()
    key = configuration.model_key(name)
    versions.tell(name, key.folder)
    with pool.use(key):
        pass
