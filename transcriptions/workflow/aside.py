"""Threads for work that mostly waits for somebody's sender, beside a worker's jobs. Does not know what the work is."""

import logging
import threading
from collections.abc import Callable

from django.db import connection

from transcriptions.configuration import current

logger = logging.getLogger(__name__)


class Aside:
    """At most MAX_FOLLOWED_UPLOADS of them, each maybe as long as somebody speaks."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []

    def has_room(self) -> bool:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        return len(self._threads) < int(current.MAX_FOLLOWED_UPLOADS)

    def do(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=_in_thread, args=(work,), name="aside")
        self._threads.append(thread)
        thread.start()

    def end(self) -> None:
        """Wait for them, once they have been asked to end."""
        for thread in self._threads:
            thread.join()


def _in_thread(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        logger.exception("Work on what arrives has failed; it is tried again.")
    finally:
        connection.close()
