"""What is said of a transcript while it is made: its stage, how fast it goes, how much has arrived."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.web import rows
from transcriptions import incoming
from transcriptions.models import Transcript, Transcription, Upload

pytestmark = pytest.mark.django_db

State = Transcript.State


def status(client: Client, entry: Transcription) -> str:
    page = client.get(reverse("transcript", args=[entry.pk])).content.decode()
    return page.split('<span class="state', 1)[1].split("<details", 1)[0]


def test_one_that_waits_says_how_many_go_before(alice: User, bob: User, as_alice: Client) -> None:
    entry = rows.entry(alice, state=State.QUEUED, duration_seconds=500.0, turn=20.0, asked_by=alice)
    assert ">waiting</span>" in status(as_alice, entry)
    rows.entry(bob, state=State.RECOGNISING, duration_seconds=600.0, asked_by=bob)
    assert ">waiting behind 1 other</span>" in status(as_alice, entry)
    rows.entry(alice, state=State.QUEUED, duration_seconds=20.0, asked_by=alice)
    assert ">waiting behind 2 others, 1 of them yours</span>" in status(as_alice, entry)


def test_one_of_many_says_why_it_waits(alice: User, as_alice: Client) -> None:
    assert "those of many" not in status(as_alice, rows.entry(alice, state=State.QUEUED))
    entry = rows.entry(alice, state=State.QUEUED, priority=Transcript.Priority.BULK)
    assert "those of many" in status(as_alice, entry)


def test_one_that_is_recognised_says_how_fast(alice: User, as_alice: Client) -> None:
    begun = timezone.now() - timedelta(seconds=1000)
    entry = rows.entry(
        alice, state=State.RECOGNISING, started_at=begun, recognised_seconds=3000.0, duration_seconds=6000.0
    )
    said = status(as_alice, entry)
    assert ">recognising</span>" in said
    assert "50 %" in said
    assert ">3.0× as fast as it is spoken</span>" in said


def test_nothing_is_said_of_the_speed_before_there_is_one(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, state=State.PREPARING, started_at=timezone.now(), recognised_seconds=1.0)
    assert "as fast as" not in status(as_alice, entry)


def test_one_of_which_all_is_recognised_is_finishing(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, state=State.RECOGNISING, recognised_seconds=60.0, duration_seconds=60.0)
    assert ">finishing</span>" in status(as_alice, entry)


@pytest.mark.parametrize(("size", "said"), [(200, "uploading, 25 %"), (None, "uploading, 50\xa0bytes so far")])
def test_one_that_still_arrives_says_how_much_has(alice: User, as_alice: Client, size: int | None, said: str) -> None:
    now = timezone.now()
    entry = rows.entry(alice, state=State.PREPARING)
    upload = Upload.objects.create(
        user=alice, transcription=entry, file_name="a", size_bytes=size, created_at=now, expires_at=now
    )
    incoming.path(upload.pk).parent.mkdir(parents=True, exist_ok=True)
    incoming.path(upload.pk).write_bytes(bytes(50))
    assert said in status(as_alice, entry)
    Upload.objects.update(completed_at=now)
    assert "uploading" not in status(as_alice, entry)


def test_a_cancelled_one_says_that_its_text_is_not_all(alice: User, as_alice: Client) -> None:
    said = "Not all of it was transcribed."
    assert said in status(as_alice, rows.entry(alice, "Good morning.", state=State.CANCELLED))
    assert said not in status(as_alice, rows.entry(alice, state=State.CANCELLED))
