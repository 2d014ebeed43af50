"""What the page's script asks: which uploads are under way, and whether a file needs to be sent."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.conftest import Accept
from tests.uploads.tus import Sender
from transcriptions.models import Transcription, Upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def ask(client: Client, file: Path, **more: Any) -> Any:
    content = file.read_bytes()
    question = {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content), **more}
    return client.post("/uploads/known/", question, content_type="application/json")


def prove(client: Client, file: Path, asked: dict[str, Any], **more: str) -> Any:
    content, proof = file.read_bytes(), hashlib.sha256(bytes.fromhex(asked["nonce"]))
    for start, end in asked["ranges"]:
        proof.update(content[start:end])
    answer = {"challenge": asked["challenge"], "proof": proof.hexdigest(), "file_name": "mine.wav", **more}
    return client.post("/uploads/prove/", answer, content_type="application/json")


def test_who_has_a_known_file_need_not_send_it(
    alice: User, browser: Client, accept: Accept, spoken: Path, work: Callable[[], None]
) -> None:
    known = accept(alice, spoken)
    work()
    answer = prove(browser, spoken, ask(browser, spoken).json())
    entry = Transcription.objects.get(user__email="bob@example.org")
    assert (answer.status_code, answer.json()) == (201, {"url": f"/t/{entry.pk}/"})
    assert (entry.transcript_id, entry.file_name) == (known.transcript_id, "mine.wav")


def test_a_hash_alone_proves_nothing(alice: User, browser: Client, accept: Accept, spoken: Path, silent: Path) -> None:
    accept(alice, spoken)
    asked = ask(browser, spoken).json()
    assert prove(browser, silent, asked).status_code == 404
    assert prove(browser, spoken, {**asked, "challenge": asked["challenge"] + "x"}).status_code == 404
    assert not Transcription.objects.filter(user__email="bob@example.org").exists()


def test_a_challenge_is_one_persons_and_not_for_long(
    alice: User, browser: Client, accept: Accept, spoken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(alice, spoken)
    other = Client()
    other.force_login(alice)
    assert prove(browser, spoken, ask(other, spoken).json()).status_code == 404
    asked = ask(browser, spoken).json()
    monkeypatch.setattr("transcriptions.workflow.possession.ANSWER_SECONDS", -1)
    assert prove(browser, spoken, asked).status_code == 404


def test_what_is_not_known_or_not_kept_is_sent(
    alice: User, browser: Client, accept: Accept, spoken: Path, silent: Path
) -> None:
    assert ask(browser, silent).status_code == 404
    entry = accept(alice, spoken)
    assert ask(browser, spoken, size_bytes=7).status_code == 404
    entry.transcript.media.storage_key += ".m4a"
    entry.transcript.media.save()
    assert ask(browser, spoken).status_code == 404
    assert browser.post("/uploads/known/", "[]", content_type="application/json").status_code == 400


def test_where_others_files_are_a_secret_only_ones_own_are_known(
    alice: User, browser: Client, accept: Accept, spoken: Path, settings: Settings
) -> None:
    settings.CACHE_SCOPE = "user"
    accept(alice, spoken)
    assert ask(browser, spoken).status_code == 404
    own = Client()
    own.force_login(alice)
    assert ask(own, spoken).status_code == 200


def test_a_refusal_has_its_sentence(
    alice: User, browser: Client, accept: Accept, spoken: Path, settings: Settings
) -> None:
    accept(alice, spoken)
    asked = ask(browser, spoken).json()
    settings.MAX_BYTES_PER_USER = 1000
    answer = prove(browser, spoken, asked)
    assert (answer.status_code, answer.json()["code"]) == (413, "quota_bytes")
    assert prove(browser, spoken, asked, language="xx").json()["code"] == "unknown_option"


def test_uploads_under_way_are_listed_for_their_person(alice: User, bob: User, browser: Client, spoken: Path) -> None:
    sender = Sender(alice)
    path = sender.create(spoken.stat().st_size, "Reunião.wav", lastModified="1700000000000")
    sender.patch(path, 0, spoken.read_bytes()[:1000])
    own = Client()
    own.force_login(alice)
    (shown,) = own.get("/uploads/").json()["uploads"]
    assert (shown["url"], shown["file_name"], shown["received_bytes"]) == (path, "Reunião.wav", 1000)
    assert (shown["size_bytes"], shown["last_modified"], shown["entry_url"]) == (
        spoken.stat().st_size, 1700000000000, "",
    )  # fmt: skip
    assert shown["sentence"] == ""
    Upload.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    (shown,) = own.get("/uploads/").json()["uploads"]
    assert shown["sentence"] == "Transcription starts when the upload is complete."
    assert browser.get("/uploads/").json() == {"uploads": []}
    assert Client().get("/uploads/").status_code == 302


def test_a_refused_one_is_listed_with_its_sentence(alice: User) -> None:
    sender = Sender(alice)
    sender.patch(sender.create(5000), 0, b"PK\x03\x04" + bytes(4996))
    own = Client()
    own.force_login(alice)
    (shown,) = own.get("/uploads/").json()["uploads"]
    assert (shown["is_refused"], shown["sentence"][:19]) == (True, "This is an archive.")


def test_what_a_person_uses_stands_in_their_account(
    alice: User, accept: Accept, spoken: Path, settings: Settings
) -> None:
    accept(alice, spoken)
    settings.MAX_BYTES_PER_USER = 1024**2
    own = Client()
    own.force_login(alice)
    page = " ".join(own.get("/account/data/").content.decode().replace("\xa0", " ").split())
    size = f"{spoken.stat().st_size / 1024:.1f} KB"
    assert f"{size} of 1.0 MB" in page
