"""Trying again what failed or was cancelled."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.web import rows
from transcriptions.models import Media, Transcript, Transcription

pytestmark = pytest.mark.django_db


def address(entry: Transcription) -> str:
    return reverse("retry", args=[entry.pk])


@pytest.mark.parametrize("state", [Transcript.State.FAILED, Transcript.State.CANCELLED])
def test_it_begins_again_and_keeps_what_was_said(alice: User, as_alice: Client, state: Transcript.State) -> None:
    entry = rows.entry(alice, "So far.", state=state, error_code="recognition_failed", error_detail="out of memory")
    response = as_alice.post(address(entry))
    assert response.headers["Location"] == reverse("transcript", args=[entry.pk])
    entry.transcript.refresh_from_db()
    assert (entry.transcript.state, entry.transcript.error_code, entry.transcript.error_detail) == ("queued", "", "")
    assert entry.transcript.segments.get().text == "So far."


def test_who_had_cancelled_waits_again(alice: User, as_alice: Client) -> None:
    """The work went on, because somebody else had not cancelled."""
    entry = rows.entry(alice, state=Transcript.State.RECOGNISING)
    Transcription.objects.filter(pk=entry.pk).update(cancelled_at=timezone.now())
    as_alice.post(address(entry))
    entry.refresh_from_db()
    assert (entry.cancelled_at, entry.transcript.state) == (None, Transcript.State.RECOGNISING)


def test_a_finished_one_stays_finished(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Done.")
    as_alice.post(address(entry))
    entry.transcript.refresh_from_db()
    assert entry.transcript.state == Transcript.State.DONE


def test_a_recording_that_is_not_kept_any_more_is_a_sentence(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "So far.", state=Transcript.State.FAILED, error_code="recognition_failed")
    Media.objects.update(storage_key="")
    response = as_alice.post(address(entry), follow=True)
    assert response.status_code == 200
    page = response.content.decode()
    assert "The recording itself is not kept here any more. Upload it again" in page
    assert "So far." in page
    entry.transcript.refresh_from_db()
    assert entry.transcript.state == Transcript.State.FAILED


def test_a_stranger_gets_404_and_changes_nothing(alice: User, as_bob: Client) -> None:
    entry = rows.entry(alice, state=Transcript.State.FAILED, error_code="unreadable")
    assert as_bob.post(address(entry)).status_code == 404
    entry.transcript.refresh_from_db()
    assert entry.transcript.state == Transcript.State.FAILED


def test_it_takes_a_post(alice: User, as_alice: Client) -> None:
    assert as_alice.get(address(rows.entry(alice, state=Transcript.State.CANCELLED))).status_code == 405


def test_somebody_signed_out_is_sent_to_the_sign_in_page(alice: User, client: Client) -> None:
    assert client.post(address(rows.entry(alice, state=Transcript.State.CANCELLED))).status_code == 302
