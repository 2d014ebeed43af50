"""Answers that go on, piece by piece. No thread and no connection is held between two pieces of an event stream."""

from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.db import connection

PIECES = 200  # of a download, joined and sent at once
Result = TypeVar("Result")


async def pieces(iterator: Iterator[str]) -> AsyncIterator[str]:
    """A generator that reads the database, run in the request's own thread so that its cursor stays where it is."""
    take = sync_to_async(lambda: "".join(islice(iterator, PIECES)))
    while piece := await take():
        yield piece


async def in_thread(work: Callable[[], Result]) -> Result:
    """Run database work beside the event loop and give its connection back at once."""

    def run() -> Result:
        try:
            return work()
        finally:
            connection.close()

    return await sync_to_async(run, thread_sensitive=False)()
