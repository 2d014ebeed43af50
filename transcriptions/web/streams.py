"""Answers that go on, piece by piece."""

from collections.abc import AsyncIterator, Iterator
from itertools import chain

from asgiref.sync import sync_to_async

SENT_BYTES = 65_536  # of a download, joined and sent at once


async def pieces(iterator: Iterator[bytes]) -> AsyncIterator[bytes]:
    """A generator that reads the database, run in the request's own thread so that its cursor stays where it is."""
    take = sync_to_async(_enough)
    while piece := await take(iterator):
        yield piece


def begun(iterator: Iterator[bytes]) -> Iterator[bytes]:
    """With its first piece made: what that raises can still be told."""
    first = next(iterator, b"")
    return chain([first], iterator)


def _enough(iterator: Iterator[bytes]) -> bytes:
    joined = bytearray()
    for piece in iterator:
        joined += piece
        if len(joined) >= SENT_BYTES:
            break
    return bytes(joined)
