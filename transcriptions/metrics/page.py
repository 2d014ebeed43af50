"""The page that Prometheus reads."""

import os
from pathlib import Path

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from transcriptions.metrics.rows import Rows
from transcriptions.metrics.sums import Sums
from transcriptions.processes import is_alive

CONTENT_TYPE = CONTENT_TYPE_LATEST
_collectors = (Rows(), Sums())
for _one in _collectors:
    REGISTRY.register(_one)


def page() -> bytes:
    if not settings.PROMETHEUS_MULTIPROC_DIR:
        return generate_latest(REGISTRY)
    _forget_the_dead(Path(settings.PROMETHEUS_MULTIPROC_DIR))
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=settings.PROMETHEUS_MULTIPROC_DIR)  # type: ignore[no-untyped-call]
    for collector in _collectors:
        registry.register(collector)
    return generate_latest(registry)


def _forget_the_dead(folder: Path) -> None:
    """What a process that was killed had under way, its gauges would say for ever."""
    for pid in {file.stem.rpartition("_")[2] for file in folder.glob("gauge_live*.db")}:
        if pid.isdigit() and not is_alive(int(pid)):
            mark_process_dead(pid, path=os.fspath(folder))  # type: ignore[no-untyped-call]
