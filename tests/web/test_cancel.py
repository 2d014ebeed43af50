"""Cancelling: the owner stops waiting, by a POST from the page itself."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.web import rows
from transcriptions.models import Transcript, Transcription

pytestmark = pytest.mark.django_db


def address(entry: Transcription) -> str:
    return reverse("cancel", args=[entry.pk])


def test_it_stops_the_work_and_shows_the_page(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "So far.", state=Transcript.State.RECOGNISING)
    response = as_alice.post(address(entry), follow=True)
    assert response.redirect_chain == [(reverse("transcript", args=[entry.pk]), 302)]
    entry.transcript.refresh_from_db()
    assert entry.transcript.state == Transcript.State.CANCELLED
    page = response.content.decode()
    assert "So far." in page
    assert reverse("retry", args=[entry.pk]) in page
    assert "data-events" not in page


def test_for_somebody_else_who_waits_it_goes_on(alice: User, bob: User, as_alice: Client, as_bob: Client) -> None:
    mine = rows.entry(alice, state=Transcript.State.RECOGNISING)
    theirs = Transcription.objects.create(
        user=bob, transcript=mine.transcript, title="b", file_name="b", created_at=mine.created_at
    )
    as_alice.post(address(mine))
    mine.transcript.refresh_from_db()
    assert mine.transcript.state == Transcript.State.RECOGNISING
    assert reverse("retry", args=[mine.pk]) in as_alice.get(reverse("transcript", args=[mine.pk])).content.decode()
    assert "data-events" in as_bob.get(reverse("transcript", args=[theirs.pk])).content.decode()


def test_a_finished_one_stays_finished(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Done.")
    as_alice.post(address(entry))
    entry.refresh_from_db()
    assert entry.transcript.state == Transcript.State.DONE
    assert entry.cancelled_at is None


def test_a_stranger_gets_404_and_changes_nothing(alice: User, as_bob: Client) -> None:
    entry = rows.entry(alice, state=Transcript.State.QUEUED)
    assert as_bob.post(address(entry)).status_code == 404
    entry.transcript.refresh_from_db()
    assert entry.transcript.state == Transcript.State.QUEUED


def test_it_takes_a_post(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, state=Transcript.State.QUEUED)
    assert as_alice.get(address(entry)).status_code == 405
    entry.transcript.refresh_from_db()
    assert entry.transcript.state == Transcript.State.QUEUED


def test_it_takes_a_post_from_our_own_page_only(alice: User) -> None:
    entry = rows.entry(alice, state=Transcript.State.QUEUED)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(address(entry)).status_code == 403
    entry.transcript.refresh_from_db()
    assert entry.transcript.state == Transcript.State.QUEUED


def test_somebody_signed_out_is_sent_to_the_sign_in_page(alice: User, client: Client) -> None:
    entry = rows.entry(alice, state=Transcript.State.QUEUED)
    assert client.post(address(entry)).status_code == 302
    entry.transcript.refresh_from_db()
    assert entry.transcript.state == Transcript.State.QUEUED
