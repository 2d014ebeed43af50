"""Lines recognised again over the web: what the page's script asks, and what it is told."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.workflow import edited
from transcriptions import storage
from transcriptions.models import Rehearing, Transcription

pytestmark = pytest.mark.django_db

ASKED = {"start": "0", "end": "2", "language": "en", "preset": "fast", "hotwords": "Ann"}


@pytest.fixture
def entry(alice: User) -> Transcription:
    return edited.text(alice, "Good mourning.", "How are you?")


def look(client: Client, entry: Transcription) -> dict[str, Any] | None:
    found: dict[str, Any] | None = client.get(reverse("rehear", args=[entry.pk])).json()["rehearing"]
    return found


def test_it_is_asked_for_watched_taken_and_gone(as_alice: Client, entry: Transcription) -> None:
    assert look(as_alice, entry) is None
    answer = as_alice.post(reverse("rehear", args=[entry.pk]), ASKED).json()
    assert answer["rehearing"]["state"] == "waiting"
    row = Rehearing.objects.get()
    assert (row.options["language"], row.options["preset"], row.options["hotwords"]) == ("en", "fast", "Ann")
    Rehearing.objects.update(heard_seconds=1.0)
    found = look(as_alice, entry)
    assert found
    assert (found["done"], found["clocks"]) == (0.5, ["0:00", "0:02"])
    Rehearing.objects.update(state="done", segments=[[0.0, 2.0, "Good morning.", []]])
    found = look(as_alice, entry)
    assert found
    assert found["pieces"] == [["same", "Good"], ["gone", "mourning."], ["new", "morning."]]
    taken = as_alice.post(reverse("act", args=[entry.pk, "take"]), {"change": 0, "seen": found["seen"]}).json()
    assert [line["text"] for line in taken["lines"]] == ["Good morning."]
    assert taken["can_undo"]
    assert look(as_alice, entry) is None


def test_what_is_left_is_gone(as_alice: Client, entry: Transcription) -> None:
    as_alice.post(reverse("rehear", args=[entry.pk]), ASKED)
    answer = as_alice.post(reverse("act", args=[entry.pk, "leave"]), {"change": 0})
    assert answer.status_code == 200
    assert look(as_alice, entry) is None


def test_what_failed_says_why(as_alice: Client, entry: Transcription) -> None:
    as_alice.post(reverse("rehear", args=[entry.pk]), ASKED)
    Rehearing.objects.update(state="failed", error_code="recognition_failed")
    found = look(as_alice, entry)
    assert found
    assert found["sentence"].startswith("The recording could not be recognised")


@pytest.mark.parametrize("wrong", [{"start": ""}, {"end": "x"}, {"start": "-1"}])
def test_nonsense_is_refused(as_alice: Client, entry: Transcription, wrong: dict[str, str]) -> None:
    assert as_alice.post(reverse("rehear", args=[entry.pk]), {**ASKED, **wrong}).status_code == 400
    assert not Rehearing.objects.exists()


def test_a_recording_that_is_not_kept_is_said_to_be_gone(as_alice: Client, entry: Transcription) -> None:
    media = entry.transcript.media
    storage.delete(media.storage_key)
    media.storage_key = ""
    media.save()
    answer = as_alice.post(reverse("rehear", args=[entry.pk]), ASKED)
    assert answer.status_code == 400
    assert "not kept here any more" in answer.json()["sentence"]
    page = as_alice.get(reverse("transcript", args=[entry.pk])).content.decode()
    assert "nothing of it can be recognised again" in page


def test_each_person_has_their_own(as_alice: Client, as_bob: Client, entry: Transcription) -> None:
    as_alice.post(reverse("rehear", args=[entry.pk]), ASKED)
    assert as_bob.get(reverse("rehear", args=[entry.pk])).status_code == 404
