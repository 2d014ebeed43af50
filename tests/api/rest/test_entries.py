"""Transcriptions by the REST API."""

import httpx2
import pytest
from pytest_django import Settings

from accounts.models import User
from tests.web import rows
from transcriptions.engine.documents import DocumentError
from transcriptions.engine.formats import FORMATS
from transcriptions.models import Rendition, Transcript, Transcription
from transcriptions.sentences import sentence
from transcriptions.workflow import render


def test_it_lists_pages_that_lead_on(rest: httpx2.Client, alice: User, bob: User) -> None:
    rows.entries(alice, ["one", "two", "three"])
    rows.entry(bob, title="not hers")
    first = rest.get("/transcriptions", params={"order": "title", "limit": 2}).json()
    assert [each["title"] for each in first["items"]] == ["one", "three"]
    second = rest.get("/transcriptions", params={"order": "title", "limit": 2, "after": first["next"]}).json()
    assert [each["title"] for each in second["items"]] == ["two"]
    assert second["next"] == ""


def test_it_narrows_by_what_is_asked(rest: httpx2.Client, alice: User) -> None:
    rows.entry(alice, title="done")
    rows.entry(alice, title="going", state=Transcript.State.RECOGNISING)
    found = rest.get("/transcriptions", params={"state": "under_way"}).json()["items"]
    assert [each["title"] for each in found] == ["going"]


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"order": "colour"}, {"since": "yesterday"}, {"after": "nowhere"}, {"tag": "a\0b"}]
)
def test_what_cannot_be_asked_is_a_problem(rest: httpx2.Client, query: dict[str, str]) -> None:
    answer = rest.get("/transcriptions", params=query)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] in {"invalid_value", "unknown_cursor"}
    assert answer.json()["detail"]


def test_it_describes_and_deletes(rest: httpx2.Client, alice: User) -> None:
    entry = rows.entry(alice, "Hello there.")
    changed = rest.patch(f"/transcriptions/{entry.pk}", json={"tags": ["a", "b"], "favourite": True}).json()
    assert (changed["title"], changed["tags"], changed["favourite"]) == ("Talk", ["a", "b"], True)
    assert rest.get("/tags").json() == ["a", "b"]
    assert rest.delete(f"/transcriptions/{entry.pk}").status_code == 204
    assert rest.get(f"/transcriptions/{entry.pk}").status_code == 404
    assert not Transcription.objects.exists()


def test_it_cancels_and_goes_on(rest: httpx2.Client, alice: User) -> None:
    entry = rows.entry(alice, state=Transcript.State.QUEUED)
    assert rest.post(f"/transcriptions/{entry.pk}/cancel").json()["state"] == "cancelled"
    assert rest.post(f"/transcriptions/{entry.pk}/retry").json()["state"] == "queued"


def test_it_gives_what_is_new_since_a_revision(rest: httpx2.Client, alice: User) -> None:
    entry = rows.entry(alice, "One.", "Two.", state=Transcript.State.RECOGNISING)
    first = rest.get(f"/transcriptions/{entry.pk}/segments", params={"limit": 1}).json()
    assert [each["text"] for each in first["items"]] == ["One."]
    assert first["has_more"]
    rows.say(entry.transcript, "Three.")
    newer = rest.get(f"/transcriptions/{entry.pk}/segments", params={"since": first["revision"]}).json()
    assert [each["text"] for each in newer["items"]] == ["Three."]


def test_it_gives_the_words(rest: httpx2.Client, alice: User) -> None:
    entry = rows.entry(alice, "Hello there.")
    entry.transcript.segments.update(words=[[0.0, 0.5, " Hello", 0.9], [0.5, 1.0, " there.", 0.8]])
    words = rest.get(f"/transcriptions/{entry.pk}/words").json()["items"]
    assert [word["text"] for word in words] == ["Hello", "there."]


@pytest.mark.parametrize("format_name", list(FORMATS))
def test_it_gives_every_format(rest: httpx2.Client, alice: User, format_name: str) -> None:
    entry = rows.entry(alice, "Hello there.")
    formats = {each["name"]: each["content_type"] for each in rest.get("/formats").json()}
    answer = rest.get(f"/transcriptions/{entry.pk}/exports/{format_name}")
    assert answer.headers["content-type"] == formats[format_name]
    assert answer.content


def test_a_long_document_is_asked_for_until_it_is_there_or_has_failed(
    rest: httpx2.Client, alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DIRECT_DOCUMENT_SEGMENTS = 2
    address = f"/transcriptions/{rows.entry(alice, 'One.', 'Two.', 'Three.').pk}/exports/pdf"
    first = rest.get(address)
    assert (first.status_code, first.headers["retry-after"]) == (202, "5")

    def fails(**options: object) -> None:
        raise DocumentError("not_made", "status -11")

    with monkeypatch.context() as failing:
        failing.setattr(render, "export", fails)
        assert render.render_next(lambda: False, lambda: None)
    told = rest.get(address)
    assert (told.status_code, told.json()["code"], told.json()["detail"]) == (422, "not_made", sentence("not_made"))
    assert not Rendition.objects.exists()
    assert rest.get(address).status_code == 202
    assert render.render_next(lambda: False, lambda: None)
    made = rest.get(address)
    assert (made.status_code, made.content[:5]) == (200, b"%PDF-")


def test_it_finds_what_was_said(rest: httpx2.Client, alice: User) -> None:
    entry = rows.entry(alice, "The swordfish is blue.", title="Swordfish")
    found = rest.get("/search", params={"q": "swordfish"}).json()
    assert [each["transcription"]["id"] for each in found["items"]] == [str(entry.pk)]


def test_it_tells_what_there_is(rest: httpx2.Client, alice: User) -> None:
    assert rest.get("/account").json()["email"] == alice.email
    assert {"code": "pt", "name": "portuguese"} in rest.get("/languages").json()
    assert rest.get("/models").json()[0]["is_default"]
    took = rest.get("/estimate", params={"seconds": 60}).json()
    assert 0 < took["low"] <= took["middle"] <= took["high"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/transcriptions/00000000-0000-4000-8000-000000000000", 404, "not_found"),
        ("GET", "/transcriptions/1", 404, "not_found"),
        ("PUT", "/transcriptions", 405, "method_not_supported"),
        ("PATCH", "/search", 405, "method_not_supported"),
        ("POST", "/links", 422, "invalid_value"),
    ],
)
def test_every_error_is_a_problem(rest: httpx2.Client, method: str, path: str, status: int, code: str) -> None:
    answer = rest.request(method, path, json={} if method == "POST" else None)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    if status == 405:
        assert "GET" in answer.headers["allow"]
