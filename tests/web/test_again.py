"""Transcribing a recording again, from its page."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.web import rows
from transcriptions import storage
from transcriptions.models import Transcript

pytestmark = pytest.mark.django_db


def test_the_page_offers_it_with_the_options_it_has(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Good morning.")
    page = as_alice.get(reverse("transcript", args=[entry.pk])).content.decode()
    assert reverse("again", args=[entry.pk]) in page


@pytest.mark.usefixtures("multilingual")
def test_it_is_new_work_under_the_same_address(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Good morning.")
    before = entry.transcript_id
    answer = as_alice.post(reverse("again", args=[entry.pk]), {"language": "pt", "preset": "accurate"})
    assert answer.headers["Location"] == reverse("transcript", args=[entry.pk])
    entry.refresh_from_db()
    assert entry.transcript_id != before
    assert entry.transcript.state == Transcript.State.QUEUED
    assert {"language": "pt", "preset": "accurate"}.items() <= entry.transcript.options.items()


def test_a_translation_is_not_asked_again_of_a_model_that_cannot(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Good morning.")
    entry.transcript.options = {**entry.transcript.options, "task": "translate"}
    entry.transcript.save()
    as_alice.post(reverse("again", args=[entry.pk]))
    entry.refresh_from_db()
    assert entry.transcript.state == Transcript.State.QUEUED
    assert entry.transcript.options["task"] == "transcribe"


@pytest.mark.parametrize("chosen", [{"language": "klingon"}, {"preset": "best"}])
def test_what_cannot_be_chosen_changes_nothing(alice: User, as_alice: Client, chosen: dict[str, str]) -> None:
    entry = rows.entry(alice, "Good morning.")
    page = as_alice.post(reverse("again", args=[entry.pk]), chosen, follow=True).content.decode()
    assert "cannot be chosen" in page
    assert "Good morning." in page


def test_without_the_recording_it_is_a_sentence(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Good morning.")
    storage.delete(entry.transcript.media.storage_key)
    page = as_alice.post(reverse("again", args=[entry.pk]), follow=True).content.decode()
    assert "not kept here any more" in page
    assert "Good morning." in page


def test_a_stranger_gets_404(alice: User, as_bob: Client) -> None:
    entry = rows.entry(alice)
    assert as_bob.post(reverse("again", args=[entry.pk])).status_code == 404
