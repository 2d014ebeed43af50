"""What a person, or the page's script, is answered when files have arrived."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.conftest import Accept
from tests.uploads import asgi
from tests.uploads.asgi import Answer
from transcribe_site.asgi import application
from transcriptions.models import Transcript, Transcription

pytestmark = pytest.mark.django_db(transaction=True)

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SCRIPT = "application/json"
LETTER = b"Dear Sir or Madam,\n" * 50


def post(user: User, *files: tuple[str, bytes], accept: str = SCRIPT, language: str = "") -> Answer:
    cookies = asgi.person(user)
    body = asgi.form(cookies, *files, language=language)
    return asgi.post(application, asgi.scope(cookies, accept=accept), asgi.whole(body))


def next_page(user: User, answer: Answer) -> str:
    """The page a browser goes on to."""
    client = Client()
    client.force_login(user)
    for name, morsel in answer.cookies.items():
        client.cookies[name] = morsel.value
    return client.get(answer.headers["location"]).content.decode()


def only_refusal(answer: Answer) -> tuple[int, str, str, str]:
    assert answer.json["accepted"] == []
    (refusal,) = answer.json["refused"]
    return answer.status, refusal["name"], refusal["code"], refusal["sentence"]


def test_one_good_file_opens_its_page(alice: User, spoken: Path) -> None:
    answer = post(alice, ("talk.wav", spoken.read_bytes()), accept=BROWSER)
    entry = Transcription.objects.get()
    assert (answer.status, answer.headers["location"]) == (302, f"/t/{entry.pk}/")
    assert '<h1 dir="auto">talk</h1>' in next_page(alice, answer)


def test_several_good_files_stand_in_the_history(alice: User, spoken: Path, silent: Path) -> None:
    answer = post(alice, ("one.wav", spoken.read_bytes()), ("two.wav", silent.read_bytes()), accept=BROWSER)
    assert (answer.status, answer.headers["location"]) == (302, "/")
    page = next_page(alice, answer)
    assert ">one</a>" in page
    assert ">two</a>" in page


def test_a_refused_file_is_told_beside_its_name(alice: User, spoken: Path) -> None:
    answer = post(alice, ("<b>letter</b>.txt", LETTER), ("one.wav", spoken.read_bytes()), accept=BROWSER)
    assert (answer.status, answer.headers["location"]) == (302, "/")
    page = next_page(alice, answer)
    assert "&lt;b&gt;letter&lt;/b&gt;.txt: This is a text or a document" in page
    assert ">one</a>" in page


def test_the_script_gets_an_address_for_each_good_file(alice: User, spoken: Path, silent: Path) -> None:
    answer = post(alice, ("one.wav", spoken.read_bytes()), ("letter.txt", LETTER), ("two.wav", silent.read_bytes()))
    assert answer.status == 201
    assert answer.headers["content-type"] == "application/json"
    first, second = Transcription.objects.order_by("file_name")
    assert answer.json["accepted"] == [
        {"name": "one.wav", "url": f"/t/{first.pk}/"},
        {"name": "two.wav", "url": f"/t/{second.pk}/"},
    ]
    assert [refusal["code"] for refusal in answer.json["refused"]] == ["document"]


def test_nothing_good_is_a_refusal(alice: User) -> None:
    status, name, code, sentence = only_refusal(post(alice, ("letter.txt", LETTER)))
    assert (status, name, code) == (422, "letter.txt", "document")
    assert sentence == "This is a text or a document. Choose an audio or video file."


def test_an_empty_file_is_refused(alice: User) -> None:
    assert only_refusal(post(alice, ("a.wav", b"")))[:3] == (422, "a.wav", "empty_file")


def test_no_file_at_all_is_refused(alice: User) -> None:
    assert only_refusal(post(alice))[:3] == (422, "", "no_file")
    assert "No file was chosen." in next_page(alice, post(alice, ("", b""), accept=BROWSER))


def test_a_language_nobody_knows_is_refused(alice: User, spoken: Path) -> None:
    answer = post(alice, ("a.wav", spoken.read_bytes()), language="klingon")
    assert only_refusal(answer)[:3] == (422, "a.wav", "unknown_option")


def test_a_recording_too_long_is_refused_with_the_limit(alice: User, spoken: Path, settings: Settings) -> None:
    settings.MAX_DURATION_HOURS = 0.001
    status, name, code, sentence = only_refusal(post(alice, ("a.wav", spoken.read_bytes())))
    assert (status, name, code) == (422, "a.wav", "too_long")
    assert "the 0.001 hours allowed here" in sentence


def test_a_file_too_large_is_told_to_both(alice: User, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1_000_000
    files = [("a.wav", b"x" * 1_200_000)]
    assert only_refusal(post(alice, *files))[:3] == (413, "", "too_large")
    assert "larger than the 976.6\xa0KB allowed here" in next_page(alice, post(alice, *files, accept=BROWSER))


def test_somebody_signed_out_is_told_or_sent_to_the_sign_in_page(db: None) -> None:
    told = asgi.post(application, asgi.scope({}), asgi.whole(b"x"))
    assert only_refusal(told)[:3] == (401, "", "signed_out")
    sent = asgi.post(application, asgi.scope({}, accept=BROWSER), asgi.whole(b"x"))
    assert (sent.status, sent.headers["location"]) == (302, "/accounts/login/")


def test_a_known_recording_is_done_at_once(
    alice: User, bob: User, accept: Accept, spoken: Path, work: Callable[[], None]
) -> None:
    accept(bob, spoken)
    work()
    answer = post(alice, ("mine.wav", spoken.read_bytes()), accept=BROWSER)
    assert Transcript.objects.count() == 1
    page = next_page(alice, answer)
    assert "data-events" not in page
    assert "budget" in page


def test_without_the_door_before_it_nothing_is_taken(alice: User, as_alice: Client) -> None:
    response = as_alice.post("/upload/", {"language": ""}, headers={"Accept": SCRIPT})
    assert response.status_code == 422
    assert response.json()["refused"][0]["code"] == "broken_upload"


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_it_takes_a_post(as_alice: Client, method: str) -> None:
    assert getattr(as_alice, method)("/upload/").status_code == 405
