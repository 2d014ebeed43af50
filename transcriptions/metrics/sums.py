"""What all processes have counted, added up in rows: of every worker on every host, and of those that are gone.

Each process adds what is new since the last time. One that is killed takes at most a heartbeat's worth with it.
"""

import json
import logging
import threading
from collections.abc import Iterable
from itertools import chain

from django.db import Error, connection
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from transcriptions.forgettable import forgettable
from transcriptions.metrics.counted import SUMMED
from transcriptions.models import Sum

logger = logging.getLogger(__name__)

ADD = """
    INSERT INTO transcriptions_sum (name, labels, value)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::double precision[])
    ON CONFLICT (name, labels) DO UPDATE SET value = transcriptions_sum.value + EXCLUDED.value
"""
Key = tuple[str, str]  # a sample's name and its labels, as JSON

_added: dict[Key, float] = {}
_adding = threading.Lock()


def add() -> None:
    """Add what this process has counted since the last time to the rows. What cannot be is added the next time."""
    with _adding:
        counted = {key: value for key, value in _samples() if value != _added.get(key)}
        if not counted:
            return
        # In order: two processes that add the same ones wait for each other, not for ever.
        more = [(*key, value - _before(key, value)) for key, value in sorted(counted.items())]
        try:
            with forgettable(), connection.cursor() as cursor:
                cursor.execute(ADD, [list(column) for column in zip(*more, strict=True)])
        except Error as error:
            logger.warning("What was counted could not be added to the rows (%s); the next time it will.", error)
        else:
            _added.update(counted)


def _before(key: Key, value: float) -> float:
    """What counts anew, as of a model that was loaded again, begins at nought."""
    before = _added.get(key, 0.0)
    return before if before <= value else 0.0


def _samples() -> Iterable[tuple[Key, float]]:
    for sample in chain.from_iterable(family.samples for family in SUMMED.collect()):
        if not sample.name.endswith("_created"):
            yield (sample.name, json.dumps(sample.labels, sort_keys=True)), float(sample.value)


class Sums(Collector):
    """The rows as metrics. Without a database there are none."""

    def describe(self) -> Iterable[Metric]:
        return _families()

    def collect(self) -> Iterable[Metric]:
        try:
            add()
            rows = list(Sum.objects.order_by("name", "pk"))
        except Error as error:
            logger.warning("What all processes have counted could not be read (%s).", error)
            return []
        families = _families()
        for family in families:
            its = {family.name + ending for ending in ("_total", "_bucket", "_sum", "_count")}
            samples = (Sample(row.name, json.loads(row.labels), row.value) for row in rows if row.name in its)
            family.samples = sorted(samples, key=_place)
        return families


def _families() -> list[Metric]:
    return [Metric(known.name, known.documentation, known.type) for known in SUMMED.collect()]


def _place(sample: Sample) -> tuple[list[tuple[str, str]], str, float]:
    """Series after series, the buckets of each from the smallest on."""
    others = sorted((name, value) for name, value in sample.labels.items() if name != "le")
    return others, sample.name, float(sample.labels.get("le", 0))
