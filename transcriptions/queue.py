"""Wake-up calls. A token in Redis says "claim the best work there is"; the work itself stands in rows."""

import logging

import django_rq
from django.db import transaction
from redis.exceptions import RedisError

from transcriptions import configuration

logger = logging.getLogger(__name__)

PICTURES = "pictures"  # for media workers, after what waits to be prepared
JOBS = {
    "media": "transcriptions.jobs.prepare",
    PICTURES: "transcriptions.jobs.render",
    "speech": "transcriptions.jobs.process",
}
CLEAN_UP = "cleanup"  # a queue of its own: its jobs are no tokens, and all the others go first
KEPT_SECONDS = 600  # how long Redis remembers a failed job


def wake(kind: str, times: int = 1) -> None:
    """Put tokens of a kind once the transaction commits. Without Redis nothing is lost: the sweep will."""
    transaction.on_commit(lambda: _put(kind, times))


def _put(kind: str, times: int) -> None:
    try:
        queue = django_rq.get_queue(kind, connection=configuration.redis())
        for _ in range(times):
            queue.enqueue(JOBS[kind], result_ttl=0, failure_ttl=KEPT_SECONDS, job_timeout=-1)
    except RedisError as error:
        logger.warning("No worker could be woken for %s (%s); the sweep will do it.", kind, error)


def waiting(kind: str) -> int:
    """Tokens not yet taken. Raises RedisError."""
    return int(django_rq.get_queue(kind, connection=configuration.redis()).count)
