"""Metrics out of rows, the moment they are asked for: nothing of a process that is gone stays. Names and meanings stand
in docs/operator-guide.md.
"""

import logging
from collections import Counter as Tallied
from collections.abc import Iterable
from datetime import datetime
from itertools import accumulate

from django.db import Error
from django.db.models import F, FloatField, Sum
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from transcriptions import backlog, health, storage, tally, temporary
from transcriptions.engine.values import BYTES_PER_SECOND
from transcriptions.forecasts import ERRORS
from transcriptions.health import State, work
from transcriptions.models import (
    Delivery,
    Media,
    Rehearing,
    Rendition,
    Routine,
    Shard,
    Speed,
    Takeout,
    Transcript,
    Upload,
    WorkerProcess,
)
from transcriptions.tally import Tally

logger = logging.getLogger(__name__)


class Rows(Collector):
    """Without a database there is only what is checked, and the metrics of others are there all the same."""

    def describe(self) -> Iterable[Metric]:
        return []  # all that is collected is named apart from what others collect

    def collect(self) -> Iterable[Metric]:
        yield _checks()
        try:
            now = timezone.now()
            families = [*_work(now), *_workers(), *_stored(), *_forecasts(), *_cache(tally.total()), _routines()]
        except Error as error:
            logger.warning("What stands in rows could not be read (%s).", error)
            return
        yield from families


def _checks() -> Metric:
    family = GaugeMetricFamily("transcribe_check_good", "1: all is well; 0.5: worth a look; 0: bad", labels=["check"])
    values = {State.GOOD: 1.0, State.WARNING: 0.5, State.BAD: 0.0}
    for name, finding in health.look().items():
        family.add_metric([name], values[finding.state])
    return family


def _work(now: datetime) -> Iterable[Metric]:
    jobs = GaugeMetricFamily("transcribe_waiting_jobs", "Work that nobody works on", labels=["queue"])
    seconds = GaugeMetricFamily("transcribe_waiting_audio_seconds", "Sound in it", labels=["queue"])
    oldest = GaugeMetricFamily("transcribe_waiting_oldest_seconds", "Its longest wait", labels=["queue"])
    for queue, waits in backlog.waiting(now).items():
        jobs.add_metric([queue], waits.jobs)
        seconds.add_metric([queue], waits.audio_seconds)
        oldest.add_metric([queue], waits.oldest_seconds)
    held = GaugeMetricFamily("transcribe_leases", "Work that a worker holds", labels=["kind"])
    kinds = {
        "prepare": Transcript,
        "recognise": Shard,
        "render": Rendition,
        "takeout": Takeout,
        "rehear": Rehearing,
        "fetch": Upload,
        "deliver": Delivery,
    }
    for kind, model in kinds.items():
        rows = model._default_manager.exclude(lease_owner="").filter(lease_expires_at__gte=now)
        held.add_metric([kind], rows.count())
    arriving = Upload.objects.filter(completed_at=None, error_code="", expires_at__gte=now).count()
    uploads = GaugeMetricFamily("transcribe_arriving_uploads", "Files on their way", value=arriving)
    untold = Delivery.objects.filter(state=Delivery.State.WAITING).count()
    deliveries = GaugeMetricFamily("transcribe_waiting_deliveries", "Of webhooks, not told yet", value=untold)
    return [jobs, seconds, oldest, held, uploads, deliveries]


def _workers() -> Iterable[Metric]:
    alive = work.alive()
    workers = GaugeMetricFamily("transcribe_workers", "Workers heard of just now", labels=["kind"])
    memory = GaugeMetricFamily("transcribe_worker_memory_bytes", "Memory of them", labels=["kind"])
    for kind in WorkerProcess.Kind.values:
        its = [worker for worker in alive if worker.kind == kind]
        workers.add_metric([kind], len(its))
        memory.add_metric([kind], sum(worker.figures.get("resident_bytes", 0) for worker in its))
    models = GaugeMetricFamily("transcribe_resident_models", "Workers that hold a model", labels=["model"])
    for model, count in Tallied(name for worker in alive for name in worker.models_held).items():
        models.add_metric([model], count)
    return [workers, memory, models, _free(alive), *_gpus(alive)]


def _free(alive: list[WorkerProcess]) -> Metric:
    """Of each worker's host, and of this one."""
    free = {worker.host: worker.figures["free_bytes"] for worker in alive if "free_bytes" in worker.figures}
    family = GaugeMetricFamily("transcribe_free_bytes", "Room on the fuller disk", labels=["host"])
    family.add_metric(["web"], storage.free_bytes())
    for host, size in free.items():
        family.add_metric([host], size)
    return family


def _gpus(alive: list[WorkerProcess]) -> Iterable[Metric]:
    used = GaugeMetricFamily("transcribe_gpu_used_bytes", "Memory in use", labels=["host", "gpu"])
    total = GaugeMetricFamily("transcribe_gpu_total_bytes", "Memory there is", labels=["host", "gpu"])
    busy = GaugeMetricFamily("transcribe_gpu_busy_ratio", "Share of the time it works", labels=["host", "gpu"])
    seen = {(worker.host, str(gpu["index"])): gpu for worker in alive for gpu in worker.figures.get("gpus", ())}
    for place, gpu in seen.items():
        used.add_metric(place, gpu["used_bytes"])
        total.add_metric(place, gpu["total_bytes"])
        busy.add_metric(place, gpu["busy"])
    return [used, total, busy]


def _stored() -> Iterable[Metric]:
    """As the rows have it; manage.py storage_report compares them with what is there."""
    sound = Sum((F("end_seconds") - F("start_seconds")) * BYTES_PER_SECOND, output_field=FloatField(), default=0.0)
    waiting = Shard.objects.filter(state=Shard.State.OFFERED).exclude(storage_key="")
    sizes = {
        "media": Media.objects.exclude(storage_key="").aggregate(of=Sum("size_bytes", default=0))["of"],
        "renditions": Rendition.objects.aggregate(of=Sum("size_bytes", default=0))["of"],
        "shards": waiting.aggregate(of=sound)["of"],
        "text": Transcript.objects.aggregate(of=Sum("size_bytes", default=0))["of"],
    }
    stored = GaugeMetricFamily("transcribe_stored_bytes", "What is kept, by its kind", labels=["kind"])
    for kind, size in sizes.items():
        stored.add_metric([kind], size)
    there = sum(temporary.size(entry) for entry in temporary.entries())
    return [stored, GaugeMetricFamily("transcribe_temporary_bytes", "In tmp/ of the web's host", value=there)]


def _routines() -> Metric:
    family = GaugeMetricFamily(
        "transcribe_routine_finished_seconds", "When it last ended, in seconds since 1970", labels=["name"]
    )
    for routine in Routine.objects.order_by("name"):
        family.add_metric([routine.name], routine.finished_at.timestamp())
    return family


def _forecasts() -> Iterable[Metric]:
    family = HistogramMetricFamily(
        "transcribe_forecast_error_ratio",
        "How wrong the forecasts of finished transcripts were, of the real time",
        labels=["model", "device", "preset"],
    )
    for row in Speed.objects.exclude(errors=[]).order_by("pk"):
        upto = zip([*map(str, ERRORS), "+Inf"], accumulate(row.errors), strict=True)
        family.add_metric([row.model, row.device, row.preset], list(upto), row.error_sum)
    return [family]


def _cache(counted: Tally) -> list[Metric]:
    lookups = CounterMetricFamily(
        "transcribe_cache_lookups_total", "Accepted files by what was there", labels=["found"]
    )
    for found in ("missed", "attached", "hit", "same_sound"):
        lookups.add_metric([found], getattr(counted, found))
    removed = CounterMetricFamily("transcribe_cache_removed_total", "Transcripts taken out of use", labels=["why"])
    for why in ("evicted", "invalidated"):
        removed.add_metric([why], getattr(counted, why))
    saved = CounterMetricFamily(
        "transcribe_cache_saved_seconds_total", "Of recognition that was not done again", value=counted.saved_seconds
    )
    return [lookups, removed, saved]
