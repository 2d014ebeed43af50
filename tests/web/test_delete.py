"""Deleting an entry: gone from its owner's history and from nobody else's."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.web import rows
from transcriptions import storage
from transcriptions.models import Deletion, Transcript, Transcription
from transcriptions.workflow import history

pytestmark = pytest.mark.django_db


def remove() -> None:
    history.remove_thrown_away(timezone.now() + timedelta(seconds=settings.UNDO_SECONDS + 1))


def address(entry: Transcription) -> str:
    return reverse("delete", args=[entry.pk])


def test_it_is_gone_and_the_history_says_so(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Hi.", title="<b>Secret</b>")
    response = as_alice.post(address(entry), follow=True)
    assert response.redirect_chain == [("/", 302)]
    page = response.content.decode()
    assert "“&lt;b&gt;Secret&lt;/b&gt;” was deleted." in page
    assert "Nothing here yet" in page
    assert not Transcription.objects.exists()
    assert as_alice.get(reverse("transcript", args=[entry.pk])).status_code == 404
    assert as_alice.post(address(entry)).status_code == 404


def test_it_stops_work_nobody_else_waits_for(alice: User, as_alice: Client) -> None:
    as_alice.post(address(rows.entry(alice, state=Transcript.State.QUEUED)))
    assert Transcript.objects.get().state == Transcript.State.CANCELLED
    remove()
    assert not Transcript.objects.exists()


def test_it_leaves_a_receipt_without_names(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Hi.", title="Secret")
    size = storage.size(entry.transcript.media.storage_key)
    as_alice.post(address(entry))
    as_alice.post(address(entry))
    assert not Deletion.objects.exists()
    remove()
    receipt = Deletion.objects.get()
    assert (receipt.what, receipt.recordings, receipt.size_bytes) == ("recording", 1, size)
    assert {field.name for field in Deletion._meta.fields} == {"id", "what", "recordings", "size_bytes", "deleted_at"}


def test_a_receipt_counts_no_bytes_that_somebody_else_still_has(alice: User, bob: User, as_alice: Client) -> None:
    mine = rows.entry(alice, "Hi.")
    Transcription.objects.create(
        user=bob, transcript=mine.transcript, title="b", file_name="b", created_at=mine.created_at
    )
    as_alice.post(address(mine))
    remove()
    assert Deletion.objects.get().size_bytes == 0
    assert storage.exists(mine.transcript.media.storage_key)


def test_everybody_else_keeps_theirs(alice: User, bob: User, as_alice: Client, as_bob: Client) -> None:
    mine = rows.entry(alice, "Hi.")
    theirs = Transcription.objects.create(
        user=bob, transcript=mine.transcript, title="b", file_name="b", created_at=mine.created_at
    )
    as_alice.post(address(mine))
    assert "Hi." in as_bob.get(reverse("transcript", args=[theirs.pk])).content.decode()


def test_a_stranger_gets_404_and_changes_nothing(alice: User, as_bob: Client) -> None:
    entry = rows.entry(alice, "Hi.")
    assert as_bob.post(address(entry)).status_code == 404
    assert Transcription.objects.get() == entry


def test_it_takes_a_post(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Hi.")
    assert as_alice.get(address(entry)).status_code == 405
    assert Transcription.objects.get() == entry


def test_somebody_signed_out_is_sent_to_the_sign_in_page(alice: User, client: Client) -> None:
    entry = rows.entry(alice, "Hi.")
    assert client.post(address(entry)).status_code == 302
    assert Transcription.objects.get() == entry
