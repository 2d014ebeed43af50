"""Saying "look again" through Redis: whoever listens hears it, and only what concerns them."""

import asyncio
from collections.abc import Awaitable, Callable

import django_rq
import pytest
from pytest_django import Settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from transcriptions import configuration, progress
from transcriptions.progress import Announcements

SECONDS = 3


def listening() -> int:
    ((_, number),) = django_rq.get_connection("speech").pubsub_numsub(progress.CHANNEL)
    return int(number)


async def until(number: int) -> None:
    while listening() != number:
        await asyncio.sleep(0.01)


def play(scene: Callable[[Announcements], Awaitable[None]]) -> None:
    async def within_time() -> None:
        await asyncio.wait_for(scene(Announcements()), 2 * SECONDS)

    asyncio.run(within_time())


async def heard(changed: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(changed.wait(), SECONDS)
    except TimeoutError:
        return False
    return True


def test_who_listens_hears_it() -> None:
    async def scene(announcements: Announcements) -> None:
        async with announcements.of(7) as one, announcements.of(7) as other, announcements.of(8) as stranger:
            await until(1)
            for event in (one, other, stranger):
                assert await heard(event)  # something may have happened while nobody listened
                event.clear()
            progress._publish(7)
            assert await heard(one)
            assert await heard(other)
            assert not stranger.is_set()

    play(scene)


def test_one_process_has_one_reader_while_anybody_listens() -> None:
    async def scene(announcements: Announcements) -> None:
        async with announcements.of(7), announcements.of(8):
            await until(1)
            await asyncio.sleep(0.05)
            assert listening() == 1
        await until(0)

    play(scene)


def test_who_comes_as_the_last_one_goes_hears_it_too() -> None:
    async def scene(announcements: Announcements) -> None:
        async with announcements.of(7):
            await until(1)
        async with announcements.of(7) as changed:
            await asyncio.sleep(0.3)
            changed.clear()
            progress._publish(7)
            assert await heard(changed)

    play(scene)


def test_it_listens_again_when_redis_comes_back(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "RETRY_SECONDS", 0.05)
    there, settings.REDIS_URL = settings.REDIS_URL, "unix:///nowhere/redis.sock"

    async def scene(announcements: Announcements) -> None:
        async with announcements.of(7) as changed:
            await asyncio.sleep(0.2)
            assert not changed.is_set()
            settings.REDIS_URL = there
            assert await heard(changed)
            django_rq.get_connection("speech").client_kill_filter(_type="pubsub")
            changed.clear()
            assert await heard(changed)

    play(scene)


def test_without_redis_saying_it_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Redis(unix_socket_path="/nowhere/redis.sock", retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(configuration, "redis", lambda: gone)
    progress._publish(7)
