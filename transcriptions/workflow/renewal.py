"""The leases this process holds, renewed together by one thread. Does not know what they are for."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import Error, connection

from transcriptions.forgettable import forgettable

logger = logging.getLogger(__name__)

_lock = threading.Lock()
_held: dict[str, Callable[[], None]] = {}
_threads: list[threading.Event] = []  # of the thread that renews: set to end it


@contextmanager
def renewed(owner: str, renew: Callable[[], None]) -> Iterator[None]:
    """Call `renew` every third of a lease's time while the block runs, in a thread that all blocks share."""
    with _lock:
        if not _held:
            _threads.append(ended := threading.Event())
            threading.Thread(target=_renew_all, args=(ended,), name="leases", daemon=True).start()
        _held[owner] = renew
    try:
        yield
    finally:
        with _lock:
            del _held[owner]
            if not _held:
                _threads.pop().set()


def _renew_all(ended: threading.Event) -> None:
    try:
        while not ended.wait(settings.LEASE_SECONDS / 3):
            with _lock:
                renewals = list(_held.values())
            for renew in renewals:
                _try(renew)
    finally:
        connection.close()


def _try(renew: Callable[[], None]) -> None:
    try:
        with forgettable():
            renew()
    except Error as error:
        logger.warning("A lease could not be renewed (%s); trying again.", error)
        connection.close()
