"""The history: a person's own recordings, newest first, whole or as the fragment htmx asks for."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.web import rows
from transcriptions.models import Transcript, Transcription
from transcriptions.web import history

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def test_it_sends_a_stranger_to_the_sign_in_page(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 302
    assert response.headers["Location"] == f"{reverse('account_login')}?next=/"


def test_it_says_what_to_do_when_there_is_nothing(as_alice: Client) -> None:
    page = as_alice.get("/").content.decode()
    assert "Nothing here yet" in page
    assert 'enctype="multipart/form-data"' in page


def test_it_shows_only_ones_own(alice: User, bob: User, as_alice: Client) -> None:
    mine = rows.entry(alice, title="Mine")
    theirs = rows.entry(bob, title="Theirs")
    page = as_alice.get("/").content.decode()
    assert reverse("transcript", args=[mine.pk]) in page
    assert "Mine" in page
    assert str(theirs.pk) not in page
    assert "Theirs" not in page


def test_it_gives_htmx_the_rows_alone(alice: User, as_alice: Client) -> None:
    rows.entry(alice, title="Mine")
    whole = as_alice.get("/").content.decode()
    fragment = as_alice.get("/", headers=HTMX).content.decode()
    assert fragment.lstrip().startswith('<div id="history"')
    assert "Mine" in fragment
    assert "<html" not in fragment
    assert 'id="upload"' not in fragment
    assert "<html" in whole


def test_a_browser_never_takes_the_rows_for_the_page(as_alice: Client) -> None:
    """Both have one address: going back would show whichever was kept."""
    for headers in ({}, HTMX):
        assert "HX-Request" in as_alice.get("/", headers=headers).headers["Vary"]


def test_it_looks_again_only_while_something_is_under_way(alice: User, as_alice: Client) -> None:
    rows.entry(alice)
    assert "every 2s" not in as_alice.get("/").content.decode()
    rows.entry(alice, state=Transcript.State.QUEUED)
    assert "every 2s" in as_alice.get("/", headers=HTMX).content.decode()


def test_the_newest_stands_first(alice: User, as_alice: Client) -> None:
    for age, title in enumerate(["newest", "middle", "oldest"]):
        made = rows.entry(alice, title=title)
        type(made).objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(hours=age))
    page = as_alice.get("/", headers=HTMX).content.decode()
    assert page.index("newest") < page.index("middle") < page.index("oldest")


def titles_of(page: str) -> list[str]:
    return re.findall(r'class="title"[^>]*>([^<]*)<', page)


def link(page: str, rel: str) -> str:
    found = re.search(rf'<a href="([^"]*)" rel="{rel}"', page)
    return html.unescape(found[1]) if found else ""


@pytest.fixture
def talks(alice: User, monkeypatch: pytest.MonkeyPatch) -> list[Transcription]:
    """Five, the first the newest; two on a page."""
    monkeypatch.setattr(history, "PAGE", 2)
    made = rows.entries(alice, [f"Talk {number}" for number in range(5)])
    for age, entry in enumerate(made):
        Transcription.objects.filter(pk=entry.pk).update(created_at=timezone.now() - timedelta(hours=age))
    return made


def test_it_turns_pages_there_and_back(talks: list[Transcription], as_alice: Client) -> None:
    first = as_alice.get("/").content.decode()
    second = as_alice.get(link(first, "next")).content.decode()
    third = as_alice.get(link(second, "next")).content.decode()
    assert [titles_of(page) for page in (first, second, third)] == [
        ["Talk 0", "Talk 1"],
        ["Talk 2", "Talk 3"],
        ["Talk 4"],
    ]
    assert link(first, "prev") == link(third, "next") == ""
    back = as_alice.get(link(third, "prev")).content.decode()
    assert titles_of(back) == ["Talk 2", "Talk 3"]
    assert titles_of(as_alice.get(link(back, "prev")).content.decode()) == ["Talk 0", "Talk 1"]


def test_a_new_entry_moves_nothing_on_the_pages_behind_it(
    talks: list[Transcription], alice: User, as_alice: Client
) -> None:
    further = link(as_alice.get("/").content.decode(), "next")
    rows.entry(alice, title="New")
    assert titles_of(as_alice.get(further).content.decode()) == ["Talk 2", "Talk 3"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("oldest", ["Zebra", "ágata", "Boat"]),
        ("title", ["ágata", "Boat", "Zebra"]),
        ("length", ["Boat", "Zebra", "ágata"]),
        ("no such order", ["Boat", "ágata", "Zebra"]),
    ],
)
def test_it_sorts_and_each_order_turns_pages(
    alice: User, as_alice: Client, monkeypatch: pytest.MonkeyPatch, sort: str, expected: list[str]
) -> None:
    monkeypatch.setattr(history, "PAGE", 1)
    for title, seconds in (("Zebra", 20.0), ("ágata", 10.0), ("Boat", 30.0)):
        rows.entry(alice, title=title, duration_seconds=seconds)
    address, seen = f"/?sort={sort}", []
    while address:
        page = as_alice.get(address).content.decode()
        seen += titles_of(page)
        address = link(page, "next")
    assert seen == expected


def test_it_filters(alice: User, as_alice: Client) -> None:
    old = rows.entry(alice, title="Old", language="pt")
    Transcription.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=9), is_favourite=True)
    rows.entry(alice, title="Failed", state=Transcript.State.FAILED, error_code="unreadable")
    rows.entry(alice, title="Going", state=Transcript.State.QUEUED)
    tagged = rows.entry(alice, title="Tagged")
    Transcription.objects.filter(pk=tagged.pk).update(tags=["work"])
    archived = rows.entry(alice, title="Archived")
    Transcription.objects.filter(pk=archived.pk).update(is_archived=True)
    week_ago = (timezone.now() - timedelta(days=7)).date().isoformat()
    asked = {
        "language=pt": ["Old"],
        "favourite=on": ["Old"],
        "state=failed": ["Failed"],
        "state=under_way": ["Going"],
        "tag=work": ["Tagged"],
        "archived=on": ["Archived"],
        f"until={week_ago}": ["Old"],
        f"since={week_ago}": ["Tagged", "Going", "Failed"],
        "state=nonsense&tag=nonsense&since=nonsense": ["Tagged", "Going", "Failed", "Old"],
        "favourite=on&tag=work": [],
    }
    assert {query: titles_of(as_alice.get(f"/?{query}").content.decode()) for query in asked} == asked
    assert "No transcript is like that" in as_alice.get("/?favourite=on&tag=work").content.decode()


@pytest.mark.parametrize("asked", ["0", "~", "x~y", "2026-01-01~nothing", "9" * 30, "\0~\0", "2026-13-45T99:00:00~1"])
def test_a_cursor_that_is_none_is_the_first_page(alice: User, as_alice: Client, asked: str) -> None:
    rows.entry(alice, title="Mine")
    for sort in ("newest", "title", "length"):
        for way in ("after", "before"):
            assert "Mine" in as_alice.get("/", {way: asked, "sort": sort}).content.decode()


def test_what_is_under_way_is_looked_after_without_the_rest(alice: User, bob: User, as_alice: Client) -> None:
    done, going = rows.entry(alice, title="Done"), rows.entry(alice, state=Transcript.State.QUEUED)
    theirs = rows.entry(bob, state=Transcript.State.QUEUED)
    keys = [str(entry.pk) for entry in (done, going, theirs)]
    answer = as_alice.get(reverse("live"), {"entry": keys}).content.decode()
    assert f'id="about-{done.pk}"' in answer
    assert f"entry={going.pk}" in answer
    assert f"entry={done.pk}" not in answer
    assert str(theirs.pk) not in answer
    assert as_alice.get(reverse("live"), {"entry": ["x"]}).status_code == 404


def test_a_page_takes_the_same_few_queries_for_one_row_and_for_many(alice: User, as_alice: Client) -> None:
    counts = []
    for titles in (["one"], ["two", "three", "four"]):
        rows.entries(alice, titles)
        rows.entry(alice, state=Transcript.State.QUEUED)
        with CaptureQueriesContext(connection) as queries:
            as_alice.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 18  # three of them for what is left, one for the browser in use


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"state": Transcript.State.FAILED, "error_code": "unreadable"}, "is damaged and cannot be read"),
        ({"state": Transcript.State.CANCELLED}, "cancelled"),
        ({"state": Transcript.State.DONE}, "No speech was found"),
        ({"state": Transcript.State.RECOGNISING, "recognised_seconds": 30.0}, "50 %"),
        ({"state": Transcript.State.RECOGNISING, "recognised_seconds": 30.0}, "left"),
        ({"state": Transcript.State.QUEUED}, "waiting"),
    ],
)
def test_each_state_is_told(alice: User, as_alice: Client, fields: dict[str, object], expected: str) -> None:
    rows.entry(alice, **fields)  # type: ignore[arg-type]
    assert expected in as_alice.get("/").content.decode()


def test_a_hostile_title_is_only_text(alice: User, as_alice: Client) -> None:
    rows.entry(alice, title="<script>alert(1)</script>")
    page = as_alice.get("/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_posting_to_it_is_not_allowed(as_alice: Client) -> None:
    assert as_alice.post("/").status_code == 405


def test_a_fragment_sends_who_is_signed_out_to_the_sign_in_page(client: Client) -> None:
    answer = client.get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.content) == (200, "/accounts/login/", b"")
