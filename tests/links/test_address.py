"""Reading an address: one reading, the one that is asked."""

import pytest
from pytest_django import Settings

from transcriptions import links
from transcriptions.links.address import parse


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (" HTTP://Example.ORG. ", "http://example.org/"),
        ("https://example.org:443/a?b=c#d", "https://example.org/a?b=c"),
        ("https://example.org:8443/a%20b", "https://example.org:8443/a%20b"),
        ("http://straße.example/gravação um.mp3?de=São", "http://xn--strae-oqa.example/grava%C3%A7%C3%A3o%20um.mp3?de=S%C3%A3o"),
        ("http://[2001:DB8::1]:81/x", "http://[2001:db8::1]:81/x"),
        ("http://under_score.example.org/", "http://under_score.example.org/"),
    ],
)  # fmt: skip
def test_it_is_read_as_a_browser_would(given: str, read: str) -> None:
    assert str(parse(given)) == read


@pytest.mark.parametrize(
    "given",
    [
        "",
        "talk.mp3",
        "example.org/talk.mp3",
        "file:///etc/passwd",
        "ftp://example.org/talk.mp3",
        "gopher://example.org",
        "data:audio/mpeg;base64,AAAA",
        "http://",
        "http:///talk.mp3",
        "http:\\\\example.org\\talk.mp3",
        "http://ann:secret@example.org/",
        "http://example.org@127.0.0.1/",
        "http://example.org\\@127.0.0.1/",
        "http://example.org%40127.0.0.1/",
        "http://%31%32%37.0.0.1/",
        "http://exa mple.org/",
        "http://example.org/\r\nHost: other",
        "http://exam\u202eple.org/",
        "http://a..b/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://[127.0.0.1]/",
        "http://[::1/",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:http/",
        f"http://{'a.' * 127}org/",
        f"http://{'é' * 64}.org/",
        f"http://example.org/{'a' * 8000}",
    ],
)
def test_what_is_no_plain_web_address_is_refused(given: str) -> None:
    with pytest.raises(links.LinkRefused) as refusal:
        parse(given)
    assert refusal.value.code == "link_not_http"


def test_links_can_be_turned_off(settings: Settings) -> None:
    settings.ALLOW_LINKS = False
    with pytest.raises(links.LinkRefused) as refusal:
        links.understand("https://example.org/talk.mp3")
    assert refusal.value.code == "links_off"
