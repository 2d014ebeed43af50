"""What the resident models of this process did, by model: nothing where there are none."""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from transcriptions.engine.model_pool import ModelPool
from transcriptions.metrics.counted import SUMMED

_pools: list[ModelPool] = []


def watch(pool: ModelPool) -> None:
    _pools[:] = [pool]


class Models(Collector):
    def collect(self) -> Iterable[Metric]:
        loads = CounterMetricFamily("transcribe_model_loads_total", "Models loaded")
        uses = CounterMetricFamily("transcribe_model_uses_total", "Work that used a model")
        unloads = CounterMetricFamily("transcribe_model_unloads_total", "Models unloaded while idle")
        batches = CounterMetricFamily("transcribe_batches_total", "Batches decoded", labels=["model"])
        filled = CounterMetricFamily("transcribe_batch_windows_total", "Windows in them", labels=["model"])
        places = CounterMetricFamily("transcribe_batch_places_total", "Windows they had room for", labels=["model"])
        for figures in (pool.figures() for pool in _pools):
            loads.add_metric([], figures.loads)
            uses.add_metric([], figures.uses)
            unloads.add_metric([], figures.unloads)
            for model, batch in zip(figures.held, figures.batches, strict=True):
                batches.add_metric([model], batch.batches)
                filled.add_metric([model], batch.windows)
                places.add_metric([model], batch.batches * batch.at_most)
        return [loads, uses, unloads, batches, filled, places]


SUMMED.register(Models())
