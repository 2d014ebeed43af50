"""The proxy of a program that has to be watched: whom it serves, where it leads, and when it ends."""

import http.client
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.links.server import said, serving
from transcriptions.links import proxy
from transcriptions.links.connect import Deadline
from transcriptions.links.proxy import Proxy

MOST = 100_000
HERE = frozenset({"127.0.0.1"})


@pytest.fixture
def way_out() -> Iterator[Proxy]:
    with proxy.running(HERE, Deadline(20), MOST) as running:
        yield running


def authorization(way_out: Proxy) -> dict[str, str]:
    parts = urlsplit(way_out.address)
    secret = b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {secret}"}


def place(way_out: Proxy) -> tuple[str, int]:
    return "127.0.0.1", way_out.server_address[1]


def connection(way_out: Proxy) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(*place(way_out), timeout=10)


def asked(way_out: Proxy, address: str, method: str = "GET", body: bytes | None = None) -> tuple[int, bytes]:
    with closing(connection(way_out)) as asking:
        asking.request(method, address, body, {**authorization(way_out), "X-Own": "kept"})
        answer = asking.getresponse()
        return answer.status, answer.read()


def tunnelled(way_out: Proxy, host: str, port: int) -> tuple[int, bytes]:
    with closing(connection(way_out)) as asking:
        asking.set_tunnel(host, port, authorization(way_out))
        asking.request("GET", "/inside")
        answer = asking.getresponse()
        return answer.status, answer.read()


def test_a_plain_request_is_passed_on_without_the_secret(way_out: Proxy) -> None:
    with serving(said(b"there")) as server:
        assert asked(way_out, server.address("/a?b=c")) == (200, b"there")
    head = server.requests[0].split("\r\n")
    assert (head[0], head[1]) == ("GET /a?b=c HTTP/1.1", f"Host: {server.authority}")
    assert "X-Own: kept" in head
    assert "Proxy-" not in server.requests[0]


def test_what_is_sent_with_it_is_passed_on(way_out: Proxy) -> None:
    def answer(path: str, opened: socket.socket) -> None:
        came = b""
        while not came.endswith(b"the end"):
            came += opened.recv(4096)
        said(b"all of it")(path, opened)

    with serving(answer) as server:
        assert asked(way_out, server.address(), "POST", bytes(20_000) + b"the end") == (200, b"all of it")


def test_a_tunnel_leads_to_the_server(way_out: Proxy) -> None:
    with serving(said(b"there")) as server:
        assert tunnelled(way_out, "127.0.0.1", server.port) == (200, b"there")


@pytest.mark.parametrize("given", ["", "Basic eDp5", "Bearer é"])
@pytest.mark.parametrize("method", ["GET", "CONNECT"])
def test_who_does_not_know_the_secret_is_not_served(method: str, given: str, way_out: Proxy) -> None:
    with serving(said()) as server:
        target = server.authority if method == "CONNECT" else server.address()
        with closing(connection(way_out)) as asking:
            asking.request(method, target, headers={"Proxy-Authorization": given.encode()} if given else {})
            assert asking.getresponse().status == 407
        assert server.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "2130706433"])
def test_it_does_not_lead_into_a_private_network(host: str) -> None:
    with serving(said(b"secret")) as server, proxy.running(frozenset(), Deadline(20), MOST) as way_out:
        assert asked(way_out, f"http://{host}:{server.port}/")[0] == 403
        with pytest.raises(OSError, match="403"):
            tunnelled(way_out, host, server.port)
        assert server.requests == []
        assert list(way_out.refused) == ["link_private"]


@pytest.mark.parametrize("target", ["/etc/passwd", "file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_it_knows_the_web_alone(target: str, way_out: Proxy) -> None:
    assert asked(way_out, target)[0] == 403


def test_where_nobody_listens_is_told(way_out: Proxy) -> None:
    with serving(said()) as server:
        pass
    assert asked(way_out, server.address())[0] == 502


def test_more_bytes_than_allowed_are_not_passed_on(way_out: Proxy) -> None:
    with serving(said(bytes(2 * MOST))) as server, pytest.raises(http.client.IncompleteRead) as broken:
        asked(way_out, server.address())
    assert len(broken.value.partial) <= MOST
    assert list(way_out.refused) == ["too_large"]
    with serving(said(b"small")) as server, pytest.raises(http.client.RemoteDisconnected):
        asked(way_out, server.address())


def test_silence_is_left(way_out: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "IDLE_SECONDS", 0.1)
    ended = threading.Event()

    def silent(path: str, opened: socket.socket) -> None:
        opened.recv(1)
        ended.set()

    with serving(silent) as server, pytest.raises(http.client.RemoteDisconnected):
        asked(way_out, server.address())
    assert ended.wait(5)


def test_only_so_many_are_served_at_once(way_out: Proxy) -> None:
    waiting = [socket.create_connection(place(way_out)) for _ in range(proxy.CONNECTIONS)]
    with serving(said(b"there")) as server:
        with pytest.raises(ConnectionError):
            asked(way_out, server.address())
        for one in waiting:
            one.close()


def test_it_is_gone_after_its_block() -> None:
    with proxy.running(HERE, Deadline(20), MOST) as way_out:
        socket.create_connection(place(way_out)).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(place(way_out))
