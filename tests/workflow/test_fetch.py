"""A recording from a link: fetched by a media worker as an upload is sent."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.links.server import Server, said, serving
from tests.workflow.test_prepare import go_on
from transcriptions import incoming
from transcriptions.models import Segment, Transcription, Upload
from transcriptions.workflow import arrive
from transcriptions.workflow.fetch import expect, fetch_next
from transcriptions.workflow.intake import Refused
from transcriptions.workflow.retain import sweep

pytestmark = pytest.mark.django_db(transaction=True)


def ask(user: User, server: Server, path: str = "/monday/talk.wav", **chosen: str) -> Upload:
    return expect(user=user, address=server.address(path), chosen=chosen, now=timezone.now())


@pytest.fixture
def _allowed(settings: Settings) -> None:
    settings.LINK_ALLOWED_HOSTS = ["127.0.0.1"]


@pytest.mark.usefixtures("_allowed")
def test_it_becomes_an_entry_and_a_text(alice: User, spoken: Path, work: Callable[[], None]) -> None:
    with serving(said(spoken.read_bytes())) as server:
        ask(alice, server, language="en")
        assert fetch_next(go_on)
        assert not fetch_next(go_on)
    work()
    entry = Transcription.objects.get()
    assert (entry.user, entry.file_name) == (alice, "talk.wav")
    assert "report" in Segment.objects.get().text
    upload = Upload.objects.get()
    assert (upload.transcription, upload.size_bytes) == (entry, spoken.stat().st_size)
    assert not incoming.path(upload.pk).exists()


def test_an_address_of_a_private_network_is_refused_with_its_sentence(alice: User, spoken: Path) -> None:
    with serving(said(spoken.read_bytes())) as server:
        upload = ask(alice, server)
        assert fetch_next(go_on)
        assert server.requests == []
    upload.refresh_from_db()
    assert upload.error_code == "link_private"
    client = Client()
    client.force_login(alice)
    (shown,) = client.get("/uploads/").json()["uploads"]
    assert "private network" in shown["sentence"]


@pytest.mark.usefixtures("_allowed")
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (said(b"<html>", "Content-Type: text/html"), "link_not_media"),
        (said(b"gone", status="404 Not Found"), "link_not_found"),
        (said(b"PK\x03\x04" + bytes(9000)), "archive"),
        (said(b"", length=10**13), "too_large"),
        (said(bytes(20_000)), "not_media"),
        (said(bytes(2_000), length=20_000), "link_failed"),
    ],
)
def test_what_will_not_do_is_refused(alice: User, answer: Callable[..., None], code: str) -> None:
    with serving(answer) as server:
        upload = ask(alice, server)
        fetch_next(go_on)
    upload.refresh_from_db()
    assert upload.error_code == code
    assert not incoming.path(upload.pk).exists()


def test_an_address_that_is_none_is_refused_at_once(alice: User) -> None:
    with pytest.raises(Refused, match="link_not_http"):
        expect(user=alice, address="file:///etc/passwd", chosen={}, now=timezone.now())
    assert not Upload.objects.exists()


def test_where_links_are_off_there_is_no_form(alice: User, settings: Settings) -> None:
    client = Client()
    client.force_login(alice)
    assert "Or from a link" in client.get("/").content.decode()
    settings.ALLOW_LINKS = False
    assert "Or from a link" not in client.get("/").content.decode()
    page = client.post("/links/", {"address": "https://example.org/a.mp3"}, follow=True).content.decode()
    assert "Links are not taken here." in page


@pytest.mark.usefixtures("_allowed")
def test_a_worker_that_ends_leaves_it_to_the_next(alice: User, spoken: Path) -> None:
    with serving(said(spoken.read_bytes())) as server:
        ask(alice, server)
        fetch_next(lambda: True)
        assert Upload.objects.get().lease_owner == ""
        sweep(timezone.now())
        fetch_next(go_on)
    assert Transcription.objects.get().file_name == "talk.wav"


@pytest.mark.usefixtures("_allowed")
def test_who_does_not_want_it_any_more_takes_it_back(alice: User, spoken: Path) -> None:
    with serving(said(spoken.read_bytes())) as server:
        arrive.give_up(ask(alice, server), timezone.now())
        assert not fetch_next(go_on)
        assert server.requests == []
