"""Saying "look again": who changed a transcript announces it, and whoever shows it reads Postgres once more.

One reader per web process listens to Redis for everybody in it. Without Redis nobody is told, and everybody looks
again after a while by themselves.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis.asyncio
from django.conf import settings
from django.db import transaction
from redis.exceptions import RedisError

from transcriptions import configuration

logger = logging.getLogger(__name__)

CHANNEL = "transcripts"
RETRY_SECONDS = 2


def announce(transcript_id: int) -> None:
    """Once the transaction commits, tell everybody that this transcript has changed."""
    transaction.on_commit(lambda: _publish(transcript_id))


def _publish(transcript_id: int) -> None:
    try:
        configuration.redis().publish(CHANNEL, str(transcript_id))
    except RedisError as error:
        logger.warning("A change could not be announced (%s); readers will look by themselves.", error)


class Announcements:
    """The one reader of a process, alive while somebody listens."""

    def __init__(self) -> None:
        self._listeners: dict[int, set[asyncio.Event]] = defaultdict(set)
        self._reader: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def of(self, transcript_id: int) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the transcript has changed. Whoever waits for it clears it."""
        event = asyncio.Event()
        self._listeners[transcript_id].add(event)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        try:
            yield event
        finally:
            self._listeners[transcript_id].discard(event)
            if not self._listeners[transcript_id]:
                del self._listeners[transcript_id]
            if not self._listeners and self._reader:
                self._reader.cancel()
                self._reader = None  # whoever comes next starts another, even while this one is still ending

    async def _read(self) -> None:
        while True:
            try:
                await self._follow()
            except RedisError as error:
                logger.warning("Announcements cannot be heard (%s); trying again.", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self) -> None:
        connection = redis.asyncio.from_url(settings.REDIS_URL, socket_timeout=None)
        async with connection, connection.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            for events in self._listeners.values():
                _set_all(events)  # something may have happened while nobody listened
            async for message in channel.listen():
                if message["type"] == "message":
                    _set_all(self._listeners.get(int(message["data"]), set()))


announcements = Announcements()


def _set_all(events: set[asyncio.Event]) -> None:
    for event in events:
        event.set()
