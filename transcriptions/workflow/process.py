"""Which shards a speech worker takes: the best there are, several at once, each in a thread. What becomes of one is
`recognition`'s; the model decodes what the threads ask together.
"""

import logging
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from django.db import connection
from django.db.models import F, FloatField, Func, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from transcriptions import configuration
from transcriptions.engine.batching import RANK_A_SECOND
from transcriptions.engine.device import MOST_WINDOWS
from transcriptions.engine.model_pool import ModelPool
from transcriptions.engine.pipeline import UNKNOWN_SECONDS
from transcriptions.models import Shard
from transcriptions.workflow import state
from transcriptions.workflow.lease import Lease, claim
from transcriptions.workflow.recognition import Stopping, recognise_shard

logger = logging.getLogger(__name__)

CLAIM_SECONDS = 300  # for so long one job takes new work; then the worker looks after itself
LOOK_SECONDS = 0.5  # how often it looks for new work while it is busy
SECONDS_A_WINDOW = 15.0
SHORT_SECONDS = 60.0  # recordings up to this long are taken on top of enough work


def process_offered(pool: ModelPool, stopping: Stopping) -> None:
    """Recognise offered shards, as many at once as fill the model's batches, until there is none left to claim."""
    enough = MOST_WINDOWS[configuration.device().name]
    until = time.monotonic() + CLAIM_SECONDS
    running: dict[Future[None], float] = {}
    with ThreadPoolExecutor(2 * enough, thread_name_prefix="shard") as threads:
        while True:
            wanted = not stopping() and time.monotonic() < until and len(running) < 2 * enough
            lease = _claim(only_short=sum(running.values()) >= 2 * enough * SECONDS_A_WINDOW) if wanted else None
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


def _claim(*, only_short: bool = False) -> Lease[Shard] | None:
    """The first free shard of the shortest recording; each second of waiting makes up for some seconds of length."""
    length = Coalesce("transcript__duration_seconds", "transcript__media__duration_seconds", Value(UNKNOWN_SECONDS))
    waited = Func(
        Now() - F("transcript__created_at"),
        template="EXTRACT(EPOCH FROM %(expressions)s)",
        output_field=FloatField(),
    )
    offered = state.offered().select_related("transcript__media").annotate(length=length)
    if only_short:
        offered = offered.filter(length__lte=SHORT_SECONDS)
    best = offered.annotate(urgency=F("length") - RANK_A_SECOND * waited)
    return claim(best.order_by("urgency", "transcript", "index"), timezone.now())


def _seconds(shard: Shard) -> float:
    return shard.end_seconds - shard.start_seconds


def _in_thread(lease: Lease[Shard], pool: ModelPool, stopping: Stopping) -> None:
    """Whatever happens to it, the others go on."""
    try:
        recognise_shard(lease, pool, stopping)
    except Exception:
        logger.exception("Shard %s could not be recognised; it is tried again.", lease.work)
    finally:
        connection.close()
