"""A transcript while it is made, over a real connection: nothing twice, nothing lost, an end."""

import html
import re
import time
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.web import rows, serve
from tests.web.serve import Stream
from transcriptions import progress
from transcriptions.models import Transcript, Transcription
from transcriptions.web import events
from transcriptions.workflow import history

pytestmark = pytest.mark.django_db(transaction=True)

LIVE = Transcript.State.RECOGNISING


def address(entry: Transcription) -> str:
    return reverse("events", args=[entry.pk])


def cookies_of(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    client.get("/")
    return {name: morsel.value for name, morsel in client.cookies.items()}


def follow(port: int, user: User, entry: Transcription, query: str = "", **headers: str) -> Stream:
    return Stream(port, address(entry) + query, cookies_of(user), **headers)


def texts(data: str) -> list[str]:
    return [html.unescape(text) for text in re.findall(r'<p dir="auto" data-text>(.*?)</p>', data, re.DOTALL)]


def test_somebody_signed_out_gets_401(port: int, alice: User) -> None:
    assert serve.ask(port, address(rows.entry(alice, state=LIVE))).status == 401


def test_a_stranger_gets_404(port: int, alice: User, bob: User) -> None:
    cookies = serve.cookie_header(cookies_of(bob))
    assert serve.ask(port, address(rows.entry(alice, state=LIVE)), headers=cookies).status == 404
    assert serve.ask(port, reverse("events", args=[uuid.uuid4()]), headers=cookies).status == 404


def test_it_takes_a_get(port: int, alice: User) -> None:
    cookies = serve.cookie_header(cookies_of(alice))
    assert serve.ask(port, address(rows.entry(alice)), method="POST", headers=cookies).status in {403, 405}


def test_a_finished_one_is_told_whole_and_ends(port: int, alice: User) -> None:
    with follow(port, alice, rows.entry(alice, "One.", "Two.")) as stream:
        assert stream.response.headers["Content-Type"] == "text/event-stream"
        assert stream.response.headers["Cache-Control"] == "no-store"
        assert stream.response.headers["X-Accel-Buffering"] == "no"
        segments, end = list(stream)
    assert (segments.name, segments.id, texts(segments.data)) == ("segments", 2, ["One.", "Two."])
    assert (end.name, end.id) == ("end", 2)
    assert "/download/" in end.data


@pytest.mark.parametrize(("seen", "newer"), [("0", ["One.", "Two.", "Three."]), ("2", ["Three."]), ("3", [])])
def test_who_comes_back_gets_what_is_newer(port: int, alice: User, seen: str, newer: list[str]) -> None:
    entry = rows.entry(alice, "One.", "Two.", "Three.")
    for query, headers in ((f"?since={seen}", {}), ("?since=1", {"Last_Event_ID": seen})):
        with follow(port, alice, entry, query, **headers) as stream:
            assert [text for event in stream for text in texts(event.data)] == newer


@pytest.mark.parametrize("seen", ["", "x", "-1", "1.5", "²", "9" * 30, "9" * 5000])
def test_a_number_nobody_gave_out_does_no_harm(port: int, alice: User, seen: str) -> None:
    with follow(port, alice, rows.entry(alice, "One."), Last_Event_ID=seen) as stream:
        assert stream.response.status == 200
        assert list(stream)[-1].name == "end"


def test_an_events_id_is_the_revision_it_shows(port: int, alice: User) -> None:
    entry = rows.entry(alice, "One.", state=LIVE)
    with follow(port, alice, entry) as stream:
        assert stream.until("segments").id == 1
        assert stream.until("status").id == 1
        for number, text in enumerate(["Two.", "Three."], start=2):
            rows.say(entry.transcript, text)
            event = stream.until("segments")
            assert (event.id, texts(event.data)) == (number, [text])
    assert events.PING_SECONDS > serve.SECONDS  # so it was announced


def test_everybody_who_follows_is_told(port: int, alice: User) -> None:
    entry = rows.entry(alice, state=LIVE)
    with follow(port, alice, entry) as one, follow(port, alice, entry) as other:
        one.until("status")
        other.until("status")
        rows.say(entry.transcript, "One.")
        assert texts(one.until("segments").data) == texts(other.until("segments").data) == ["One."]


def test_it_ends_when_the_transcript_does(port: int, alice: User) -> None:
    entry = rows.entry(alice, "One.", state=LIVE)
    with follow(port, alice, entry, "?since=1") as stream:
        stream.until("status")
        rows.finish(entry.transcript)
        *_, end = stream
    assert (end.name, end.id) == ("end", 2)
    assert "state done" in end.data


def test_it_ends_when_the_entry_is_deleted(port: int, alice: User) -> None:
    entry = rows.entry(alice, "One.", state=LIVE)
    with follow(port, alice, entry) as stream:
        stream.until("status")
        history.delete(entry=entry, now=timezone.now())
        *_, end = stream
    assert (end.name, end.data) == ("end", "")


def test_it_ends_for_who_cancels_and_goes_on_for_who_does_not(port: int, alice: User, bob: User) -> None:
    mine = rows.entry(alice, state=LIVE)
    theirs = Transcription.objects.create(
        user=bob, transcript=mine.transcript, title="b", file_name="b", created_at=mine.created_at
    )
    with follow(port, bob, theirs) as stream:
        stream.until("status")
        history.cancel(entry=mine, now=timezone.now())
        with follow(port, alice, mine) as ended:
            assert list(ended)[-1].name == "end"
        rows.say(mine.transcript, "One.")
        assert texts(stream.until("segments").data) == ["One."]


def test_without_announcements_it_looks_by_itself(port: int, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PING_SECONDS", 0.1)
    monkeypatch.setattr(progress, "_publish", lambda transcript_id: None)
    entry = rows.entry(alice, state=LIVE)
    with follow(port, alice, entry) as stream:
        assert stream.until(":").data == "still here"
        rows.say(entry.transcript, "One.")
        assert texts(stream.until("segments").data) == ["One."]


def test_without_redis_it_looks_by_itself(
    port: int, alice: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(events, "PING_SECONDS", 0.1)
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    time.sleep(0.2)  # the reader of the test before has gone
    entry = rows.entry(alice, state=LIVE)
    with follow(port, alice, entry) as stream:
        stream.until("status")
        rows.say(entry.transcript, "One.")
        assert texts(stream.until("segments").data) == ["One."]


def test_somebody_who_comes_as_the_last_one_goes_is_told_too(port: int, alice: User) -> None:
    """As when a page is loaded again: the old connection closes while the new one opens."""
    entry = rows.entry(alice, state=LIVE)
    for _ in range(5):
        with follow(port, alice, entry) as stream:
            stream.until("status")
    with follow(port, alice, entry) as stream:
        stream.until("status")
        time.sleep(0.1)
        rows.say(entry.transcript, "One.")
        assert texts(stream.until("segments").data) == ["One."]


def test_a_text_cannot_forge_an_event(port: int, alice: User) -> None:
    hostile = "One.\n\nevent: end\ndata: <script>\r\rid: 99\x85\u2028data: x"
    with follow(port, alice, rows.entry(alice, hostile)) as stream:
        segments, end = list(stream)
    assert (segments.name, segments.id, end.name) == ("segments", 1, "end")
    assert "<script>" not in segments.data
    assert texts(segments.data)[0].split() == hostile.split()


def test_a_button_that_came_by_event_works(port: int, alice: User) -> None:
    entry = rows.entry(alice, state=LIVE)
    cookies = cookies_of(alice)
    with Stream(port, address(entry), cookies) as stream:
        shown = stream.until("status").data
        (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', shown)[:1])
        headers = serve.cookie_header(cookies) | {"Content-Type": "application/x-www-form-urlencoded"}
        body = f"csrfmiddlewaretoken={token}".encode()
        answer = serve.ask(port, reverse("cancel", args=[entry.pk]), method="POST", body=body, headers=headers)
        assert answer.status == 302
        assert "state cancelled" in stream.until("end").data


def test_an_open_stream_holds_no_database_connection(port: int, alice: User) -> None:
    entry = rows.entry(alice, state=LIVE)
    before = open_connections()
    with follow(port, alice, entry) as one, follow(port, alice, entry) as other:
        one.until("status")
        other.until("status")
        deadline = time.monotonic() + 5
        while open_connections() != before and time.monotonic() < deadline:
            time.sleep(0.05)  # a look has just ended
        assert open_connections() == before


def open_connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
