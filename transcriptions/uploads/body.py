"""A request's body, given in pieces as it arrives, so that what has come of a cut one is kept."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

Event = Mapping[str, Any]
Receive = Callable[[], Awaitable[Event]]

PIECE_BYTES = 1024**2
FLUSH_SECONDS = 0.2  # what is here is given after so long without more
IDLE_SECONDS = 30.0  # without one byte: nobody is there any more, though the line is not closed
DRAIN_BYTES = 8 * 1024**2  # of a refused body, read so that its sender comes to read the answer
DRAIN_SECONDS = 5.0


class Disconnected(Exception):  # noqa: N818 - nobody is there to be told
    """The sender went away in mid-body."""


class Body:
    """Read once, by `pieces`; what is left of it by `drain`."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._more = True

    async def pieces(self) -> AsyncIterator[bytes]:
        """Of PIECE_BYTES, or what has come when no more comes for a moment. Raises Disconnected after the last one."""
        held = bytearray()
        while self._more:
            try:
                async with asyncio.timeout(FLUSH_SECONDS if held else IDLE_SECONDS):
                    held += await self._next()
            except (TimeoutError, Disconnected) as ended:
                if held:
                    yield bytes(held)
                if not held or isinstance(ended, Disconnected):
                    raise Disconnected from None
                held.clear()
            if len(held) >= PIECE_BYTES:
                yield bytes(held)
                held.clear()
        if held:
            yield bytes(held)

    async def drain(self) -> None:
        """Read and forget what is left, unless it is long: a sender in mid-body does not look for an answer."""
        left = DRAIN_BYTES
        with suppress(TimeoutError, Disconnected):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._more and left > 0:
                    left -= len(await self._next())

    async def _next(self) -> bytes:
        message = await self._receive()
        self._more = message["type"] != "http.disconnect" and message.get("more_body", False)
        if message["type"] == "http.disconnect":
            raise Disconnected
        body: bytes = message.get("body", b"")
        return body
