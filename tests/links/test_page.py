"""A recording on a page, found by the real yt-dlp, whose every connection is checked as a link's is."""

import os
import socket
import sys
import threading
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.links.conftest import fetched, refused
from tests.links.server import Answer, html, moved, said, serving, site
from transcriptions import links
from transcriptions.links import page

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="it looks at /proc")
MiB = 1024**2
SOUND = os.urandom(200_000)
TALK = said(SOUND, "Content-Type: audio/mpeg")
PLAYER = html('<title>Ação / um</title><audio src="/talk.mp3"></audio>')


@pytest.fixture(autouse=True)
def _this_machine_may_be_asked(settings: Settings) -> None:
    settings.LINK_TIMEOUT_MINUTES = 1
    settings.LINK_ALLOWED_HOSTS = ["127.0.0.1"]


def without_end(ended: threading.Event) -> Answer:
    """Sound, until nobody takes it any more."""

    def answer(path: str, connection: socket.socket) -> None:
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n")
            while True:
                connection.sendall(bytes(MiB))
        finally:
            ended.set()

    return answer


def of_yt_dlp(authority: str) -> list[str]:
    """The processes that have been told to fetch from there."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        if b"yt_dlp" in line and authority.encode() in line:
            found.append(file.parent.name)
    return found


def test_the_sound_of_a_page_comes_with_the_pages_title() -> None:
    with serving(site(index=PLAYER, talk_mp3=TALK)) as server:
        found, came = fetched(server.address("/"))
    assert came == SOUND
    assert (found.file_name, found.size_bytes) == ("Ação ⧸ um (1).mp3", None)  # the first of a page
    assert all("Proxy-" not in request for request in server.requests)


def test_a_video_that_a_page_names_in_its_head_comes() -> None:
    head = '<meta property="og:title" content="Two"><meta property="og:video" content="/two.mp4">'
    with serving(site(index=html(head), two_mp4=said(SOUND, "Content-Type: video/mp4"))) as server:
        found, came = fetched(server.address("/"))
    assert (found.file_name, came) == ("Two.mp4", SOUND)


def test_a_recording_in_pieces_comes_in_one() -> None:
    listed = b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts\n#EXTINF:4,\n2.ts\n#EXT-X-ENDLIST\n"
    pieces = {"1_ts": said(SOUND * 10), "2_ts": said(SOUND[::-1])}
    play = said(listed, "Content-Type: application/vnd.apple.mpegurl")
    with serving(site(index=html('<video src="/play.m3u8"></video>'), play_m3u8=play, **pieces)) as server:
        _, came = fetched(server.address("/"))
    assert came == SOUND * 10 + SOUND[::-1]


def test_of_several_only_the_first_comes() -> None:
    both = html('<audio src="/talk.mp3"></audio><audio src="/other.mp3"></audio>')
    with serving(site(index=both, talk_mp3=TALK, other_mp3=said(b"other"))) as server:
        assert fetched(server.address("/"))[1] == SOUND


def test_a_page_without_a_recording_is_told_with_what_yt_dlp_says() -> None:
    with serving(site(index=html("<p>Nothing to hear."))) as server, pytest.raises(links.LinkRefused) as refusal:
        fetched(server.address("/"))
    assert refusal.value.code == "link_not_media"
    assert "Unsupported URL" in str(refusal.value)


def test_without_yt_dlp_a_page_is_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "find_spec", lambda name: None)
    with serving(site(index=PLAYER, talk_mp3=TALK)) as server:
        assert refused(server.address("/")) == "link_not_media"
        assert len(server.requests) == 1


@pytest.mark.parametrize("way", ["straight", "by a redirect"])
def test_no_page_leads_into_a_private_network(way: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with serving(TALK) as inside:
        media = inside.address() if way == "straight" else "/talk.mp3"
        talk = moved(inside.address())
        with serving(site(index=html(f'<audio src="{media}"></audio>'), talk_mp3=talk)) as outside:
            settings.LINK_ALLOWED_HOSTS = [outside.authority]
            assert refused(outside.address("/")) == "link_private"
        assert inside.requests == []


def test_what_breaks_off_is_not_begun_again() -> None:
    """A server that does not go on in the middle would give the front twice."""
    came: list[bytes] = []
    half = said(SOUND, "Content-Type: audio/mpeg", length=2 * len(SOUND))
    with (
        serving(site(index=PLAYER, talk_mp3=half)) as server,
        links.fetch(links.understand(server.address("/"))) as found,
        pytest.raises(links.LinkRefused) as refusal,
    ):
        came.extend(found.pieces)
    assert refusal.value.code == "link_failed"
    assert b"".join(came) == SOUND


def test_it_stops_at_the_limit(settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = MiB
    came: list[int] = []
    with (
        serving(site(index=PLAYER, talk_mp3=without_end(threading.Event()))) as server,
        links.fetch(links.understand(server.address("/"))) as found,
        pytest.raises(links.LinkRefused) as refusal,
    ):
        came.extend(map(len, found.pieces))
    assert refusal.value.code == "too_large"
    assert sum(came) == MiB


def test_it_is_left_when_the_time_is_over(settings: Settings) -> None:
    settings.LINK_TIMEOUT_MINUTES = 2.5 / 60
    began = time.monotonic()

    def drip(path: str, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(200):
            connection.sendall(b"x")
            time.sleep(0.05)

    with serving(site(index=PLAYER, talk_mp3=drip)) as server:
        assert refused(server.address("/")) == "link_too_slow"
    assert time.monotonic() - began < 5


@LINUX
def test_yt_dlp_goes_with_the_block() -> None:
    ended = threading.Event()
    with serving(site(index=PLAYER, talk_mp3=without_end(ended))) as server:
        with links.fetch(links.understand(server.address("/"))) as found:
            assert next(found.pieces)
            assert len(of_yt_dlp(server.authority)) == 1
            assert not ended.is_set()
        assert of_yt_dlp(server.authority) == []
        assert ended.wait(5)
