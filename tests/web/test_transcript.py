"""The page of one transcript: its owner's, live while it is made, and never anything but text."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.web import rows
from transcriptions.engine.formats import FORMATS
from transcriptions.models import Transcript, Transcription

pytestmark = pytest.mark.django_db

HOSTILE = "<img src=x onerror=alert(1)> & \"quoted\" 'text' {{ 7|add:7 }}"


def address(entry: Transcription) -> str:
    return reverse("transcript", args=[entry.pk])


def test_it_is_its_owners(alice: User, as_alice: Client) -> None:
    page = as_alice.get(address(rows.entry(alice, "Good morning.", "Good night.", title="Mine")))
    assert page.status_code == 200
    text = page.content.decode()
    assert text.index("Good morning.") < text.index("Good night.")
    assert '<h1 dir="auto">Mine</h1>' in text


def test_a_stranger_gets_404(alice: User, as_bob: Client) -> None:
    assert as_bob.get(address(rows.entry(alice, "Good morning."))).status_code == 404


def test_what_does_not_exist_is_the_same_404(as_bob: Client) -> None:
    assert as_bob.get(reverse("transcript", args=[uuid.uuid4()])).status_code == 404


def test_somebody_signed_out_is_sent_to_the_sign_in_page(alice: User, client: Client) -> None:
    entry = rows.entry(alice)
    response = client.get(address(entry))
    assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={address(entry)}")


def test_even_staff_reads_only_its_own(alice: User, as_bob: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    assert as_bob.get(address(rows.entry(alice, "Good morning."))).status_code == 404


def test_a_live_one_follows_its_events_from_the_revision_shown(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "First.", state=Transcript.State.RECOGNISING)
    page = as_alice.get(address(entry)).content.decode()
    assert f'data-events="{reverse("events", args=[entry.pk])}"' in page
    assert 'data-revision="1"' in page
    assert "js/live.js" in page
    assert reverse("cancel", args=[entry.pk]) in page
    assert reverse("retry", args=[entry.pk]) not in page
    assert '<meta http-equiv="refresh"' in page  # inside noscript


def test_a_finished_one_is_a_plain_page(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "First.")
    page = as_alice.get(address(entry)).content.decode()
    for part in ("data-events", "live.js", 'http-equiv="refresh"', reverse("cancel", args=[entry.pk])):
        assert part not in page
    for name in FORMATS:
        assert reverse("download", args=[entry.pk, name]) in page


def test_there_is_nothing_to_download_before_the_first_word(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, state=Transcript.State.PREPARING)
    assert "/download/" not in as_alice.get(address(entry)).content.decode()


@pytest.mark.parametrize("state", [Transcript.State.FAILED, Transcript.State.CANCELLED])
def test_one_that_ended_badly_can_be_tried_again_and_keeps_its_text(
    alice: User, as_alice: Client, state: Transcript.State
) -> None:
    entry = rows.entry(alice, "So far.", state=state, error_code="recognition_failed" * (state == "failed"))
    page = as_alice.get(address(entry)).content.decode()
    assert reverse("retry", args=[entry.pk]) in page
    assert "So far." in page


def test_hostile_titles_and_texts_are_only_text(alice: User, as_alice: Client) -> None:
    page = as_alice.get(address(rows.entry(alice, HOSTILE, title=HOSTILE))).content.decode()
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot; &#x27;text&#x27;") >= 3
    assert "{{ 7|add:7 }}" in page


def test_a_segments_start_is_a_number_in_every_language(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "a", "b")
    entry.transcript.segments.filter(position=1).update(start_seconds=1234.5)
    page = as_alice.get(address(entry), headers={"Accept-Language": "pt-br"}).content.decode()
    assert 'data-start="1234.5"' in page
    assert "<time>20:34</time>" in page
