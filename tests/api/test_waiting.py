"""Requests that wait: who goes away frees the place, who comes again has the same entry, and nobody holds a thread."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from django.db import connection

from accounts.models import User
from tests import speech
from tests.api.conftest import sent, token_of
from transcriptions.models import Transcript, Transcription
from transcriptions.workflow import history

PATH = "/v1/audio/transcriptions"
SECONDS = 15


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def asking(port: int, token: str, file: Path, path: str = PATH, **headers: str) -> Iterator[socket.socket]:
    """A request that has been sent and waits; at the end of the block its line is cut."""
    request = httpx2.Request(
        "POST", f"http://testserver{path}", **sent(file), headers={"Authorization": f"Bearer {token}", **headers}
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + request.read())
        yield line


def waiting(count: int) -> Callable[[], bool]:
    return lambda: Transcription.objects.filter(cancelled_at=None).count() == count


def test_a_client_that_goes_away_cancels(port: int, token: str, alice: User, spoken: Path) -> None:
    with asking(port, token, spoken):
        until(waiting(1))
    until(waiting(0))
    assert alice.transcriptions.get().transcript.state == Transcript.State.CANCELLED


def test_but_not_what_others_wait_for(port: int, token: str, bob: User, spoken: Path) -> None:
    with asking(port, token_of(bob), spoken):
        with asking(port, token, spoken):
            until(waiting(2))
        until(waiting(1))
        assert Transcript.objects.get().is_live
    until(waiting(0))
    assert Transcript.objects.get().state == Transcript.State.CANCELLED


def test_who_comes_again_has_the_same_entry_and_its_work(
    port: int, program: httpx2.Client, token: str, alice: User, spoken: Path, work: Callable[[], None]
) -> None:
    with asking(port, token, spoken):
        until(waiting(1))
    until(waiting(0))
    with ThreadPoolExecutor() as threads:
        answer = threads.submit(program.post, PATH, **sent(spoken), headers={"x-stainless-retry-count": "1"})
        until(waiting(1))
        work()
        assert "budget" in answer.result().json()["text"]
    assert alice.transcriptions.count() == 1
    assert Transcript.objects.count() == 1


def test_of_two_equal_requests_one_going_away_does_not_cancel_the_other(
    port: int, token: str, alice: User, spoken: Path, program: httpx2.Client, work: Callable[[], None]
) -> None:
    with ThreadPoolExecutor() as threads:
        answer = threads.submit(program.post, PATH, **sent(spoken))
        until(waiting(1))
        with asking(port, token, spoken):
            time.sleep(1)
        time.sleep(0.5)
        work()
        assert answer.result().status_code == 200
    assert alice.transcriptions.count() == 1


def test_a_key_makes_a_request_another_one(
    program: httpx2.Client, alice: User, accept: Callable[..., Transcription], spoken: Path, work: Callable[[], None]
) -> None:
    accept(alice, spoken)
    work()
    for key in ("a", "b", "a", ""):
        answer = program.post(PATH, **sent(spoken), headers={"Idempotency-Key": key} if key else {})
        assert answer.status_code == 200
    assert alice.transcriptions.filter(by_program=True).count() == 3
    assert Transcript.objects.count() == 1


@pytest.mark.parametrize("stream", ["false", "true"])
def test_what_is_cancelled_or_deleted_in_the_page_is_told(
    program: httpx2.Client, alice: User, spoken: Path, stream: str
) -> None:
    from django.utils import timezone

    for act, code in ((history.cancel, "cancelled"), (history.delete, "deleted")):
        with ThreadPoolExecutor() as threads:
            answer = threads.submit(program.post, PATH, **sent(spoken, stream=stream))
            until(waiting(1))
            act(entry=alice.transcriptions.get(), now=timezone.now())
            assert f'"code": "{code}"' in answer.result().text


def test_those_who_wait_hold_neither_threads_nor_connections(
    port: int, token: str, tmp_path: Path, alice: User
) -> None:
    def threads() -> int:
        return len([thread for thread in threading.enumerate() if thread.name != "asyncio"])

    def connections() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return int(cursor.fetchone()[0])

    before, many = (threads(), connections()), 30
    files = [speech.write_wav(tmp_path / f"{number}.wav", speech.silence(1 + number / 100)) for number in range(many)]
    lines = [asking(port, token, file) for file in files]
    for line in lines:
        line.__enter__()
    until(waiting(many))
    time.sleep(1)
    assert threads() - before[0] < 10, [thread.name for thread in threading.enumerate()]
    assert connections() - before[1] < 4
    for line in lines:
        line.__exit__(None, None, None)
    until(waiting(0))
