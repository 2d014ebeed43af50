"""What the queues call. A job takes no arguments that could go stale: it claims the best work there is, or returns.

The models stay resident in the process that runs these, which is why this module holds the pool.
"""

import logging
import threading

from django.utils import timezone

from transcriptions import queue
from transcriptions.engine.model_pool import ModelPool
from transcriptions.workflow import clean as cleaning
from transcriptions.workflow import deliver as delivering
from transcriptions.workflow import fetch as fetching
from transcriptions.workflow import prepare as preparing
from transcriptions.workflow import process as processing
from transcriptions.workflow import render as rendering
from transcriptions.workflow import takeout
from transcriptions.workflow.aside import Aside

logger = logging.getLogger(__name__)

POOL = ModelPool()
FOLLOWING, FETCHING, DELIVERING = Aside(), Aside(), Aside()
STOPPING = threading.Event()  # the worker has been asked to end: give work back at the next segment


def prepare() -> None:
    if not (delivering.deliver_next(DELIVERING) or fetching.fetch_next(STOPPING.is_set, FETCHING)):
        preparing.prepare_next(STOPPING.is_set, FOLLOWING)


def render() -> None:
    """What comes to be prepared meanwhile is prepared in between: nobody's text waits for a picture, or for a zip."""
    if not rendering.render_next(STOPPING.is_set, prepare):
        takeout.make_next(STOPPING.is_set, prepare)


def process() -> None:
    processing.process_offered(POOL, STOPPING.is_set)


def clean_up() -> None:
    """As long as nothing waits to be prepared or made; the rest comes with the next one."""

    def stopping() -> bool:
        return STOPPING.is_set() or queue.waiting("media") + queue.waiting(queue.PICTURES) > 0

    cleaned = cleaning.clean_up(now=timezone.now(), stopping=stopping)
    if cleaned:
        logger.info("Cleaned up: %s", cleaned)
