"""Which shards a speech worker takes: the best there are, several at once, each in a thread. What becomes of one is
`recognition`'s; the model decodes what the threads ask together.
"""

import logging
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils import timezone

from transcriptions import configuration
from transcriptions.configuration import current
from transcriptions.engine.device import MOST_WINDOWS
from transcriptions.engine.model_pool import ModelPool
from transcriptions.models import Rehearing, Shard
from transcriptions.turns import Priority
from transcriptions.workflow import rehear, rehearing, state
from transcriptions.workflow.lease import Lease, claim
from transcriptions.workflow.recognition import Stopping, recognise_shard

logger = logging.getLogger(__name__)

CLAIM_SECONDS = 300  # for so long one job takes new work; then the worker looks after itself
LOOK_SECONDS = 0.5  # how often it looks for new work while it is busy
SECONDS_A_WINDOW = 15.0


def process_offered(pool: ModelPool, stopping: Stopping) -> None:
    """Recognise offered shards, as many at once as fill the model's batches, until there is none left to claim."""
    enough = MOST_WINDOWS[configuration.device().name]
    until = time.monotonic() + CLAIM_SECONDS
    running: dict[Future[None], float] = {}
    with ThreadPoolExecutor(2 * enough, thread_name_prefix="shard") as threads:
        while True:
            wanted = not stopping() and time.monotonic() < until and len(running) < 2 * enough
            lease = _next(only_short=sum(running.values()) >= 2 * enough * SECONDS_A_WINDOW) if wanted else None
            if lease and lease.work.attempts > 1:
                # It was taken before and came to nothing, maybe with its process: what else runs is not to go with it.
                if running:
                    lease.give_back()  # nobody renews it meanwhile
                    wait(running)
                    running.clear()
                else:
                    _in_thread(lease, pool, stopping)
            elif lease:
                running[threads.submit(_in_thread, lease, pool, stopping)] = _seconds(lease.work)
            elif running:
                done, _ = wait(running, LOOK_SECONDS, FIRST_COMPLETED)
                for future in done:
                    del running[future]
            else:
                return


def process_next(pool: ModelPool, stopping: Stopping) -> bool:
    """Recognise the best offered shard, in this thread; False when there is none."""
    lease = _claim()
    if lease:
        recognise_shard(lease, pool, stopping)
    return lease is not None


def _next(*, only_short: bool) -> Lease[Shard] | Lease[Rehearing] | None:
    """Somebody sits before a stretch that is to be recognised again, which is short."""
    return claim(rehear.waiting().order_by("created_at", "pk"), timezone.now()) or _claim(only_short=only_short)


def _claim(*, only_short: bool = False) -> Lease[Shard] | None:
    """The free shard whose turn it is. only_short: what is to go before the usual is taken on top of enough work."""
    offered = state.offered().select_related("transcript__media")
    if only_short:
        offered = offered.filter(priority__lte=Priority.SHORT)
    if current.MAX_SHARDS_PER_USER:
        offered = offered.exclude(transcript__asked_by__in=_busy())
    return claim(offered.order_by("priority", "turn", "pk"), timezone.now())


def _busy() -> QuerySet[Any, Any]:
    """Who has as many shards recognised as one person may. Two claims at the same moment may go one beyond."""
    held = Shard.objects.filter(state=Shard.State.OFFERED, lease_expires_at__gt=timezone.now()).exclude(lease_owner="")
    by_person = held.exclude(transcript__asked_by=None).order_by().values("transcript__asked_by")
    return (
        by_person.annotate(held=Count("pk"))
        .filter(held__gte=current.MAX_SHARDS_PER_USER)
        .values("transcript__asked_by")
    )


def _seconds(work: Shard | Rehearing) -> float:
    return work.end_seconds - work.start_seconds


def _in_thread(lease: Lease[Shard] | Lease[Rehearing], pool: ModelPool, stopping: Stopping) -> None:
    """Whatever happens to it, the others go on."""
    try:
        if isinstance(lease.work, Rehearing):
            rehearing.carry_out(lease, pool, stopping)
        else:
            recognise_shard(lease, pool, stopping)
    except Exception:
        logger.exception("%s could not be recognised; it is tried again.", lease.work)
    finally:
        connection.close()
