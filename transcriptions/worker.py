"""RQ's worker, resident: jobs run in this very process, so that a loaded model is there for the next one.

RQ's SimpleWorker sends no heartbeat while a job runs and has no notion of stopping one; this subclass does both.
Written against rq 2.12.
"""

import logging
import os
import socket
import threading
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import F
from django.utils import timezone
from django_rq import get_queue
from redis import Redis
from redis.exceptions import RedisError
from rq.cron import CronScheduler
from rq.job import Job
from rq.queue import Queue
from rq.worker import SimpleWorker

from transcriptions import configuration, jobs, machine, metrics, storage
from transcriptions.build import BUILD
from transcriptions.configuration import current
from transcriptions.forgettable import forgettable
from transcriptions.models import WorkerProcess
from transcriptions.queue import CLEAN_UP, KEPT_SECONDS, PICTURES
from transcriptions.workflow import arrive, retain, versions, wishes

logger = logging.getLogger(__name__)

WORKER_TTL = 35  # seconds Redis believes in it without a heartbeat; it waits for work 15 s less at a time
BEAT_SECONDS = 10
WISH_SECONDS = 2  # how often it looks what operators want of its models


class ResidentWorker(SimpleWorker):
    """One kind of worker: "media" or "speech"; `name` is new for every process."""

    max_connection_wait_time = 5.0  # Redis restarts in a blink: do not look away for a minute

    def __init__(self, kind: str, queue: Queue, redis: Redis) -> None:
        self.kind = kind
        name = f"{kind}-{socket.gethostname()}-{os.getpid()}-{os.urandom(3).hex()}"
        super().__init__(
            [queue, get_queue(PICTURES), get_queue(CLEAN_UP)] if kind == WorkerProcess.Kind.MEDIA else [queue],
            name=name,
            connection=redis,
            worker_ttl=WORKER_TTL,
            maintenance_interval=BEAT_SECONDS,
            log_job_description=False,
        )
        self.log_result_lifespan = False
        metrics.watch(jobs.POOL)
        self.cron = CronScheduler(redis)
        if kind == WorkerProcess.Kind.MEDIA and settings.ENABLE_PERIODIC_CLEANUP:
            _register_clean_up(self.cron)

    def bootstrap(self, *args: Any, **kwargs: Any) -> None:
        if self.kind == WorkerProcess.Kind.SPEECH:
            name = configuration.model_name()
            key = configuration.model_key(name)
            versions.tell(name, key.folder)
            with jobs.POOL.use(key):
                pass  # loaded before the first person waits for it
        super().bootstrap(*args, **kwargs)
        self._register()
        if self.kind == WorkerProcess.Kind.SPEECH:
            threading.Thread(target=self._attend, name="wishes", daemon=True).start()

    def execute_job(self, job: Job, queue: Queue) -> None:
        close_old_connections()
        done = threading.Event()
        beating = threading.Thread(target=self._beat, args=(job, done), name="heartbeat", daemon=True)
        beating.start()
        try:
            super().execute_job(job, queue)
        finally:
            done.set()
            beating.join()
            self._report(jobs_done=F("jobs_done") + 1)
            close_old_connections()

    def run_maintenance_tasks(self) -> None:
        super().run_maintenance_tasks()
        close_old_connections()
        retain.sweep(timezone.now())
        if self.kind == WorkerProcess.Kind.MEDIA:
            arrive.take_in_what_is_complete(timezone.now())
        jobs.POOL.unload_idle(current.MODEL_CACHE_TIMEOUT_MINUTES * 60)
        self.cron.enqueue_jobs()
        self._report()

    def handle_warm_shutdown_request(self) -> None:
        """In a signal handler, so without rq's log line: it would raise where another is being written."""
        jobs.STOPPING.set()

    def teardown(self) -> None:
        jobs.STOPPING.set()
        jobs.FOLLOWING.end()
        jobs.FETCHING.end()
        jobs.DELIVERING.end()
        connection.close()  # what the signal broke off may still be under way in it
        metrics.add()
        WorkerProcess.objects.filter(name=self.name).delete()
        super().teardown()

    def _beat(self, job: Job, done: threading.Event) -> None:
        try:
            while not done.wait(BEAT_SECONDS):
                try:
                    self.maintain_heartbeats(job)
                    self._report()
                except (RedisError, DatabaseError) as error:
                    logger.warning("A heartbeat was missed (%s).", error)
                    connection.close()
        finally:
            connection.close()

    def _attend(self) -> None:
        """Beside the work: one that waits for work looks at nothing else for a while."""
        while not jobs.STOPPING.wait(WISH_SECONDS):
            try:
                while wishes.carry_out_next(jobs.POOL, self.name, socket.gethostname()):
                    self._report()
            except DatabaseError as error:
                logger.warning("What operators want of the models could not be read (%s).", error)
                connection.close()

    def _register(self) -> None:
        now = timezone.now()
        fields = {"kind": self.kind, "host": socket.gethostname(), "pid": os.getpid(), "build": BUILD}
        WorkerProcess.objects.create(name=self.name, started_at=now, beat_at=now, **fields, **_figures())

    def _report(self, **fields: Any) -> None:
        row = WorkerProcess.objects.filter(name=self.name)
        with forgettable():
            is_there = row.update(beat_at=timezone.now(), **fields, **_figures())
        if not is_there:
            self._register()  # taken for dead after a long silence
        metrics.add()


def _register_clean_up(cron: CronScheduler) -> None:
    """Each media worker puts one into the queue; of several at the same time one does the work."""
    seconds = max(1, round(settings.CLEANUP_INTERVAL_MINUTES * 60))
    options = {"ttl": seconds, "result_ttl": 0, "failure_ttl": KEPT_SECONDS, "job_timeout": -1}
    cron.register(jobs.clean_up, CLEAN_UP, interval=seconds, **options)


def _figures() -> dict[str, Any]:
    models = jobs.POOL.figures()
    return {
        "models_held": list(models.held),
        "model_loads": models.loads,
        "model_uses": models.uses,
        "figures": {
            "resident_bytes": machine.resident_bytes(),
            "free_bytes": storage.free_bytes(),
            "gpus": [asdict(gpu) for gpu in machine.gpus()] if configuration.device().name == "cuda" else [],
        },
    }
