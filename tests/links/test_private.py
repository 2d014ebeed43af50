"""No link leads into a private network: not by another spelling, not by a redirect, not by a name that changes."""

import pytest
from pytest_django import Settings

from tests.links.conftest import Names, fetched, refused
from tests.links.server import moved, said, serving
from transcriptions.links import connect


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "0177.0.0.1",
        "127。0。0。1",
        "１２７.0.0.1",
        "0",
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
    ],
)
def test_this_machine_is_not_asked_however_it_is_spelled(host: str) -> None:
    with serving(said(b"secret")) as server:
        assert refused(f"http://{host}:{server.port}/") == "link_private"
        assert server.requests == []


@pytest.mark.parametrize("host", ["169.254.169.254", "[fd00:ec2::254]", "10.0.0.1", "100.64.0.1", "[fe80::1]"])
def test_metadata_and_neighbours_are_not_asked(host: str) -> None:
    assert refused(f"http://{host}/latest/meta-data/") == "link_private"


def test_one_private_answer_among_public_ones_is_enough(names: Names) -> None:
    names("example.org", ["1.1.1.1", "10.0.0.1"])
    assert refused("http://example.org/") == "link_private"


def test_a_public_address_of_this_machine_itself_is_refused(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "is_public", lambda address: True)
    names("example.org", ["127.0.0.1"])
    with serving(said(b"secret")) as server:
        assert refused(f"http://example.org:{server.port}/") == "link_private"
        assert server.requests == []


def test_a_redirect_is_checked_like_the_first_address(settings: Settings) -> None:
    with serving(said(b"secret")) as inside, serving(moved(inside.address())) as outside:
        settings.LINK_ALLOWED_HOSTS = [outside.authority]
        assert refused(outside.address()) == "link_private"
        assert (len(outside.requests), inside.requests) == (1, [])


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.org/", "http://ann:secret@example.org/"])
def test_a_redirect_leads_to_the_web_alone(location: str, settings: Settings) -> None:
    with serving(moved(location)) as server:
        settings.LINK_ALLOWED_HOSTS = [server.authority]
        assert refused(server.address()) == "link_not_http"


def test_the_answer_that_was_checked_is_the_one_connected_to(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name answers otherwise the second time: nobody asks a second time."""
    monkeypatch.setattr(connect, "is_public", lambda address: address == "127.0.0.2")
    monkeypatch.setattr(connect, "is_of_this_host", lambda address, port: False)
    with serving(said(b"open"), host="127.0.0.2") as public, serving(said(b"secret"), port=public.port) as private:
        asked = names("example.org", ["127.0.0.2"], ["127.0.0.1"])
        _, came = fetched(f"http://example.org:{public.port}/talk.mp3")
        assert (came, asked, private.requests) == (b"open", ["example.org"], [])
        assert refused(f"http://example.org:{public.port}/talk.mp3") == "link_private"
        assert private.requests == []


def test_the_allowed_host_is_allowed_on_its_port_alone(settings: Settings) -> None:
    with serving(said(b"open")) as allowed, serving(said(b"secret")) as other:
        settings.LINK_ALLOWED_HOSTS = [allowed.authority]
        assert fetched(allowed.address())[1] == b"open"
        assert refused(other.address()) == "link_private"
        settings.LINK_ALLOWED_HOSTS = ["127.0.0.1"]
        assert fetched(other.address())[1] == b"secret"


def test_no_proxy_of_the_environment_is_used(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(said(b"from the proxy")) as proxy, serving(said(b"direct")) as server:
        settings.LINK_ALLOWED_HOSTS = [server.authority]
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{proxy.authority}")
        assert fetched(server.address())[1] == b"direct"
        assert proxy.requests == []
