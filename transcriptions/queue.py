"""Wake-up calls. A token in Redis says "claim the best work there is"; the work itself stands in rows."""

import logging

import django_rq
from django.db import transaction
from redis.exceptions import RedisError

from transcriptions import configuration

logger = logging.getLogger(__name__)

JOBS = {"media": "transcriptions.jobs.prepare", "speech": "transcriptions.jobs.process"}
CLEAN_UP = "cleanup"  # a queue of its own: its jobs are no tokens, and whatever is prepared goes first
KEPT_SECONDS = 600  # how long Redis remembers a failed job


def wake(kind: str, times: int = 1) -> None:
    """Put tokens for `kind` of worker once the transaction commits. Without Redis nothing is lost: the sweep will."""
    transaction.on_commit(lambda: _put(kind, times))


def _put(kind: str, times: int) -> None:
    try:
        queue = django_rq.get_queue(kind, connection=configuration.redis())
        for _ in range(times):
            queue.enqueue(JOBS[kind], result_ttl=0, failure_ttl=KEPT_SECONDS, job_timeout=-1)
    except RedisError as error:
        logger.warning("No %s worker could be woken (%s); the sweep will do it.", kind, error)


def waiting(kind: str) -> int:
    """Tokens not yet taken. Raises RedisError."""
    return int(django_rq.get_queue(kind, connection=configuration.redis()).count)
