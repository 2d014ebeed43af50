"""The history: a person's own recordings, newest first, whole or as the fragment htmx asks for."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.web import rows
from transcriptions.models import Transcript
from transcriptions.web import views

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
    assert "<form" not in fragment
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


def test_it_turns_pages(alice: User, as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    rows.entries(alice, [f"Talk {number}" for number in range(5)])
    pages = [as_alice.get("/", {"page": number}).content.decode() for number in (1, 2, 3)]
    shown = [[number for number in range(5) if f"Talk {number}" in page] for page in pages]
    assert shown == [[3, 4], [1, 2], [0]]
    assert ['rel="prev"' in page for page in pages] == [False, True, True]
    assert ['rel="next"' in page for page in pages] == [True, True, False]
    fragment = as_alice.get("/?page=2", headers=HTMX).content.decode()
    assert 'hx-get="/?page=2"' in fragment


@pytest.mark.parametrize("asked", ["0", "-1", "999", "two", "9" * 30])
def test_a_page_that_is_none_is_the_nearest_one(alice: User, as_alice: Client, asked: str) -> None:
    rows.entry(alice, title="Mine")
    assert "Mine" in as_alice.get("/", {"page": asked}).content.decode()


def test_a_page_takes_the_same_few_queries_for_one_row_and_for_many(alice: User, as_alice: Client) -> None:
    counts = []
    for titles in (["one"], ["two", "three", "four"]):
        rows.entries(alice, titles)
        rows.entry(alice, state=Transcript.State.QUEUED)
        with CaptureQueriesContext(connection) as queries:
            as_alice.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8  # three of them for what is left, one for the browser in use


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
