"""A request's body, given in pieces as it arrives, so that what has come of a cut one is kept."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

Event = Mapping[str, Any]
Receive = Callable[[], Awaitable[Event]]

PIECE_BYTES = 256 * 1024
FLUSH_SECONDS = 0.2  # what is here is given after so long without more
IDLE_SECONDS = 30.0  # without one byte: nobody is there any more, though the line is not closed
DRAIN_BYTES = 8 * 1024**2  # of a refused body, read so that its sender comes to read the answer
DRAIN_SECONDS = 5.0


class Disconnected(Exception):  # noqa: N818 - nobody is there to be told
    """The sender went away in mid-body."""


async def pieces(receive: Receive) -> AsyncIterator[bytes]:
    """Of PIECE_BYTES, or what has come when no more comes for a moment. Raises Disconnected, after the last piece."""
    held, more = bytearray(), True
    while more:
        try:
            message = await asyncio.wait_for(receive(), FLUSH_SECONDS if held else IDLE_SECONDS)
        except TimeoutError:
            if not held:
                raise Disconnected from None
            yield bytes(held)
            held.clear()
            continue
        if message["type"] == "http.disconnect":
            if held:
                yield bytes(held)
            raise Disconnected
        held += message.get("body", b"")
        more = message.get("more_body", False)
        if len(held) >= PIECE_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


async def drain(receive: Receive) -> bool:
    """Read and forget the rest of a body, unless it is long; whether it has been read to its end."""
    left = DRAIN_BYTES
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return True
    except TimeoutError:
        pass
    return False
