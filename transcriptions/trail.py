"""Which request asked for a work, from the browser through the queue to the worker and its ffmpeg: in every line of the
log, and as one trace. A stage of the work is measured once; its line, its metric and its span say the same.

A job is a token that says "claim the best work there is", so what is carried stands in the row of the work.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars

from transcriptions import metrics, traces

logger = structlog.get_logger(__name__)

Origin = dict[str, str]


def origin() -> Origin:
    """What asks now, for the row of what it asks for."""
    carried = {"request_id": get_contextvars().get("request_id", ""), "trace": traces.current()}
    return {name: value for name, value in carried.items() if value}


@contextmanager
def following(origin: Origin, **about: str | int) -> Iterator[None]:
    """Within it, lines and spans belong to what `origin` has asked for."""
    request_id = origin.get("request_id")
    carried = {"request_id": request_id} if request_id else {}
    with bound_contextvars(**carried, **about), traces.within(origin.get("trace", "")):
        yield


@contextmanager
def stage(name: str) -> Iterator[None]:
    """One that goes wrong is none: what it raises says so."""
    started = time.monotonic()
    with traces.span(name, get_contextvars()):
        yield
    _tell(name, time.monotonic() - started)


def past(name: str, origin: Origin, since: datetime, until: datetime) -> None:
    """A stage in which nobody did anything: a wait, or what others sent."""
    traces.past(name, origin.get("trace", ""), since, until)
    _tell(name, max((until - since).total_seconds(), 0.0))


def _tell(name: str, seconds: float) -> None:
    metrics.stages.labels(stage=name).observe(seconds)
    logger.info("stage", stage=name, seconds=round(seconds, 3))
