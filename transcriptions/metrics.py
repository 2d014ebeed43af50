"""What Prometheus is told. Names and meanings stand in docs/operator-guide.md.

Counters are of the process that counts. What workers know, who have no page, is counted in rows: how good the forecasts
were, and what the result cache did. Whoever is asked reads those.
"""

import logging
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from django.db import Error
from prometheus_client import REGISTRY, Counter
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from transcriptions import tally
from transcriptions.models import Speed
from transcriptions.tally import Tally

logger = logging.getLogger(__name__)

ERRORS = (0.1, 0.25, 0.5, 1.0, 2.0)  # of the real time, up to and with; a last count for those beyond

uploads = Counter("transcribe_uploads_total", "Files taken or refused", ["outcome"])
api_requests = Counter("transcribe_api_requests_total", "Requests of programs by answer", ["endpoint", "status"])


def counted(counts: Sequence[int], error: float) -> list[int]:
    """The counts of a row with one error more; an empty row has none."""
    place = bisect_left(ERRORS, error)
    return [(counts[index] if counts else 0) + (index == place) for index in range(len(ERRORS) + 1)]


class Rows(Collector):
    """Metrics out of rows. Without a database there are none of these, and the others are there all the same."""

    def describe(self) -> Iterable[Metric]:
        return [_forecast_errors(), *_cache(Tally())]

    def collect(self) -> Iterable[Metric]:
        try:
            return [_filled(_forecast_errors()), *_cache(tally.total())]
        except Error as error:
            logger.warning("What is counted in rows could not be read (%s).", error)
            return []


def _filled(family: HistogramMetricFamily) -> HistogramMetricFamily:
    for row in Speed.objects.exclude(errors=[]).order_by("pk"):
        upto = zip([*map(str, ERRORS), "+Inf"], accumulate(row.errors), strict=True)
        family.add_metric([row.model, row.device, row.preset], list(upto), row.error_sum)
    return family


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


def _forecast_errors() -> HistogramMetricFamily:
    return HistogramMetricFamily(
        "transcribe_forecast_error_ratio",
        "How wrong the forecasts of finished transcripts were, of the real time",
        labels=["model", "device", "preset"],
    )


REGISTRY.register(Rows())
