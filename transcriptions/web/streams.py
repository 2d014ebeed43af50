"""Answers that go on, piece by piece."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice

from asgiref.sync import sync_to_async

PIECES = 200  # of a download, joined and sent at once


async def pieces(iterator: Iterator[str]) -> AsyncIterator[str]:
    """A generator that reads the database, run in the request's own thread so that its cursor stays where it is."""
    take = sync_to_async(lambda: "".join(islice(iterator, PIECES)))
    while piece := await take():
        yield piece
