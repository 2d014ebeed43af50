"""Documents out of the database, piece by piece, in a thread of their own as long as they are sent."""

from collections.abc import AsyncIterator, Callable, Iterator

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connection

from transcriptions.web.streams import pieces


async def in_pieces(document: Callable[[], Iterator[str | bytes]]) -> AsyncIterator[bytes]:
    async with ThreadSensitiveContext():
        try:
            async for piece in pieces(_encoded(document())):
                yield piece
        finally:
            await sync_to_async(_give_back)()


def _encoded(document: Iterator[str | bytes]) -> Iterator[bytes]:
    for piece in document:
        yield piece.encode() if isinstance(piece, str) else piece


def _give_back() -> None:
    """The connection of the thread that this is called in."""
    connection.close()
