"""What lasts: a file that is sent, a link, a transcription that is followed."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from accounts.models import User
from tests.web import rows
from tests.workflow.test_deliver import told
from transcriptions.models import Transcript, Transcription, Upload


def form(spoken: Path, **fields: str) -> dict[str, Any]:
    return {"data": fields, "files": {"file": (spoken.name, spoken.read_bytes())}}


def test_a_file_becomes_an_entry(rest: httpx2.Client, spoken: Path) -> None:
    answer = rest.post("/transcriptions", **form(spoken, language="en", preset="fast"))
    assert answer.status_code == 201
    entry = Transcription.objects.get()
    assert answer.headers["location"] == f"/api/v1/transcriptions/{entry.pk}"
    assert answer.json()["preset"] == "fast"
    assert entry.transcript.options["language"] == "en"


def test_the_same_key_has_the_same_entry(rest: httpx2.Client, spoken: Path) -> None:
    answers = [
        rest.post("/transcriptions", headers={"Idempotency-Key": key}, **form(spoken)).json()["id"]
        for key in ("one", "one", "two")
    ]
    assert answers[0] == answers[1] != answers[2]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"language": "klingon"}, "unknown_option"),
        ({"model": "gpt-9"}, "unknown_option"),
        ({"language": "pt"}, "english_only"),
        ({"model": "tiny.en", "task": "translate"}, "english_only"),
        ({"callback_url": "ftp://example.org/"}, "webhook_address"),
        ({"callback_url": "https://example.org/"}, "no_webhook_secret"),
    ],
)
def test_a_form_that_cannot_be_taken_is_a_problem(
    rest: httpx2.Client, spoken: Path, fields: dict[str, str], code: str
) -> None:
    answer = rest.post("/transcriptions", **form(spoken, **fields))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert not Transcription.objects.exists()


def test_what_is_no_form_is_a_problem(rest: httpx2.Client, spoken: Path) -> None:
    for body in (
        {"json": {"language": "en"}},
        {"content": spoken.read_bytes(), "headers": {"Content-Type": "audio/wav"}},
    ):
        answer = rest.post("/transcriptions", **body)
        assert (answer.status_code, answer.json()["code"]) == (415, "not_a_form")
        assert answer.headers["content-type"] == "application/problem+json"
        assert "field file" in answer.json()["detail"]


def test_a_request_keeps_where_it_wants_to_be_told(rest: httpx2.Client, alice: User, spoken: Path) -> None:
    told(alice, "")
    rest.post("/transcriptions", **form(spoken, callback_url="https://example.org/told", callback_text="true"))
    assert Transcription.objects.get().callback == {"url": "https://example.org/told", "with_text": True}


@pytest.mark.usefixtures("multilingual")
def test_a_link_is_fetched_once_for_one_key(rest: httpx2.Client) -> None:
    asked = {"url": "https://example.org/talk.mp3", "language": "pt"}
    first, again = (rest.post("/links", json=asked, headers={"Idempotency-Key": "a"}) for _ in range(2))
    assert (first.status_code, first.json()["state"]) == (202, "fetching")
    assert first.json()["id"] == again.json()["id"] == str(Upload.objects.get().pk)
    assert rest.get(f"/links/{first.json()['id']}").json()["address"] == asked["url"]


def test_it_tells_what_comes_and_when_it_is_over(rest: httpx2.Client, alice: User) -> None:
    entry = rows.entry(alice, "Hello there.", state=Transcript.State.DONE)
    answer = rest.get(f"/transcriptions/{entry.pk}/events")
    assert answer.headers["content-type"] == "text/event-stream"
    assert "Hello there." in answer.text
    assert "event: end\n" in answer.text
    assert '"state": "done"' in answer.text
