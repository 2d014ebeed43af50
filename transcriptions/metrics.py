"""What Prometheus is told. Names and meanings stand in docs/operator-guide.md.

Counters are of the process that counts. How good the forecasts were is known to the workers, who have no page: they
count in the rows of the speeds, and whoever is asked reads those.
"""

import logging
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from django.db import Error
from prometheus_client import REGISTRY, Counter
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

from transcriptions.models import Speed

logger = logging.getLogger(__name__)

ERRORS = (0.1, 0.25, 0.5, 1.0, 2.0)  # of the real time, up to and with; a last count for those beyond

uploads = Counter("transcribe_uploads_total", "Files taken or refused", ["outcome"])
cache = Counter("transcribe_cache_lookups_total", "Uploads whose work was new, under way or done", ["found"])


def counted(counts: Sequence[int], error: float) -> list[int]:
    """The counts of a row with one error more; an empty row has none."""
    place = bisect_left(ERRORS, error)
    return [(counts[index] if counts else 0) + (index == place) for index in range(len(ERRORS) + 1)]


class ForecastErrors(Collector):
    """A histogram out of rows. Without a database there is none, and the other metrics are there all the same."""

    def describe(self) -> Iterable[HistogramMetricFamily]:
        return [_forecast_errors()]

    def collect(self) -> Iterable[HistogramMetricFamily]:
        family = _forecast_errors()
        try:
            for row in Speed.objects.exclude(errors=[]).order_by("pk"):
                upto = zip([*map(str, ERRORS), "+Inf"], accumulate(row.errors), strict=True)
                family.add_metric([row.model, row.device, row.preset], list(upto), row.error_sum)
        except Error as error:
            logger.warning("The errors of the forecasts could not be read (%s).", error)
        return [family]


def _forecast_errors() -> HistogramMetricFamily:
    return HistogramMetricFamily(
        "transcribe_forecast_error_ratio",
        "How wrong the forecasts of finished transcripts were, of the real time",
        labels=["model", "device", "preset"],
    )


REGISTRY.register(ForecastErrors())
