"""Fetching a file from a web server: what comes, and every way in which it does not."""

import gzip
import socket
import threading
import time

import pytest
from pytest_django import Settings

from tests.links.conftest import fetched, refused
from tests.links.server import Answer, moved, said, serving
from transcriptions import links
from transcriptions.links import direct, page

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
MiB = 1024**2


@pytest.fixture(autouse=True)
def _this_machine_may_be_asked(settings: Settings) -> None:
    settings.LINK_ALLOWED_HOSTS = ["127.0.0.1"]


@pytest.fixture(autouse=True)
def _pages_are_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "is_installed", lambda: False)


def sending(*pieces: bytes, pause: float = 0.0) -> Answer:
    def answer(path: str, connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)

    return answer


def test_a_file_comes_with_what_its_server_says_of_it() -> None:
    body = bytes(range(256)) * 4096
    headers = ("Content-Type: audio/MPEG; x=y", "Content-Disposition: attachment; filename*=UTF-8''a%C3%A7%C3%A3o.mp3")
    with serving(said(body, *headers)) as server:
        found, came = fetched(server.address("/get?id=7"))
    assert came == body
    assert (found.file_name, found.content_type, found.size_bytes) == ("ação.mp3", "audio/mpeg", len(body))
    (request,) = server.requests
    assert request.startswith(f"GET /get?id=7 HTTP/1.1\r\nHost: {server.authority}\r\n")
    assert "Accept-Encoding: identity" in request
    assert "Cookie" not in request
    assert "Authorization" not in request


def test_it_is_named_for_where_the_redirects_end() -> None:
    def answer(path: str, connection: socket.socket) -> None:
        after = {"/1": "/2?x", "/2?x": f"//127.0.0.1:{connection.getsockname()[1]}/files/um%20dois.mp3"}
        (moved(after[path]) if path in after else said(b"it"))(path, connection)

    with serving(answer) as server:
        found, came = fetched(server.address("/1"))
    assert (found.file_name, came, len(server.requests)) == ("um dois.mp3", b"it", 3)


def test_a_file_of_unknown_length_comes_in_pieces() -> None:
    chunks = (b"3\r\nabc\r\n", b"2\r\nde\r\n", b"0\r\n\r\n")
    with (
        serving(sending(CHUNKED, *chunks, pause=0.02)) as server,
        links.fetch(links.understand(server.address("/"))) as found,
    ):
        pieces = list(found.pieces)
    assert (found.size_bytes, found.file_name, pieces) == (None, "127.0.0.1", [b"abc", b"de"])


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (said(status="404 Not Found"), "link_not_found"),
        (said(status="403 Forbidden"), "link_not_found"),
        (said(status="429 Too Many Requests"), "link_failed"),
        (said(status="503 Service Unavailable"), "link_failed"),
        (said(status="302 Found"), "link_failed"),
        (said(b"<html>", "Content-Type: Text/HTML; charset=utf-8"), "link_not_media"),
        (said(gzip.compress(b"x" * 1000), "Content-Encoding: gzip"), "link_failed"),
        (said(b"short", length=50), "link_failed"),
        (sending(CHUNKED, b"5\r\nab"), "link_failed"),
        (sending(b""), "link_failed"),
        (sending(b"SSH-2.0-OpenSSH_9.2\r\n"), "link_failed"),
        (sending(b"HTTP/1.1 200 OK\r\nX: " + b"x" * MiB), "link_failed"),
        (sending(b"HTTP/1.1 200 OK\r\n" + b"X-Header: something\r\n" * 50_000), "link_failed"),
    ],
)
def test_what_does_not_come_is_told(answer: Answer, code: str) -> None:
    with serving(answer) as server:
        assert refused(server.address()) == code


def test_redirects_end() -> None:
    with serving(moved("/again")) as server:
        assert refused(server.address()) == "link_failed"
    assert len(server.requests) == 1 + direct.REDIRECTS


def test_a_port_nobody_listens_on_is_told() -> None:
    with serving(said()) as server:
        pass
    assert refused(server.address()) == "link_failed"


def test_a_name_nobody_has_is_told() -> None:
    assert refused("http://nothing.invalid/talk.mp3") == "link_failed"


def test_what_says_that_it_is_too_large_is_not_read(settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    with serving(said(b"x" * 1001)) as server:
        assert refused(server.address()) == "too_large"


def test_what_does_not_say_how_large_it_is_stops_at_the_limit(settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = MiB
    came: list[int] = []
    piece = b"%x\r\n" % MiB + b"x" * MiB + b"\r\n"
    with (
        serving(sending(CHUNKED, *[piece] * 20)) as server,
        links.fetch(links.understand(server.address())) as found,
        pytest.raises(links.LinkRefused) as refusal,
    ):
        came.extend(map(len, found.pieces))
    assert refusal.value.code == "too_large"
    assert sum(came) == MiB


@pytest.mark.parametrize(
    "drops",
    [
        [b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 200],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 200],
        [CHUNKED, b"2;", *[b"x"] * 200],
    ],
    ids=["in the headers", "in the body", "between pieces"],
)
def test_a_server_that_drips_is_left_when_the_time_is_over(drops: list[bytes], settings: Settings) -> None:
    settings.LINK_TIMEOUT_MINUTES = 0.4 / 60
    began = time.monotonic()
    with serving(sending(*drops, pause=0.02)) as server:
        assert refused(server.address()) == "link_too_slow"
    assert time.monotonic() - began < 2


def test_a_server_that_falls_silent_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(direct.TIMEOUTS, "read", 0.2)
    with serving(sending(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", pause=5)) as server:
        assert refused(server.address()) == "link_too_slow"


def test_the_connection_goes_with_the_block() -> None:
    ended = threading.Event()

    def answer(path: str, connection: socket.socket) -> None:
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                connection.sendall(b"x" * MiB)
        finally:
            ended.set()

    with serving(answer) as server:
        with links.fetch(links.understand(server.address())) as found:
            assert next(found.pieces)
            assert not ended.is_set()
        assert ended.wait(5)
