"""What is known of a recording is shown to its person, and its other audio tracks can be transcribed."""

from dataclasses import asdict
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from tests.web import rows
from transcriptions.engine.values import AudioTrack
from transcriptions.models import Transcription
from transcriptions.web import recording

pytestmark = pytest.mark.django_db

SOUND: dict[str, Any] = {
    "seconds": 88.2,
    "loudness_db": -31.5,
    "peak_db": -9.0,
    "raised_db": 0.0,
    "clipped_share": 0.0,
    "silent_share": 0.25,
    "errors": [61.0],
}
TRACKS = (
    AudioTrack(0, "aac", 48_000, 2, "por", "Comentário <b>", bit_rate=128_000, channel_layout="stereo"),
    AudioTrack(1, "ac3", 44_100, 6, offset_seconds=1.5),
)


def film(user: User, track: int | None = None) -> Transcription:
    entry = rows.entry(user, "Good morning.", sound=SOUND)
    media = entry.transcript.media
    media.container, media.bit_rate, media.video_codec, media.duration_seconds = "matroska", 900_000, "h264", 100.0
    media.audio_tracks, media.storage_key = [asdict(each) for each in TRACKS], "media/kept"
    media.save()
    entry.transcript.options["track"] = track
    entry.transcript.save()
    return entry


def test_it_says_what_is_known(alice: User) -> None:
    with override("en"):
        known = dict(recording.facts(film(alice).transcript))
    assert known["Length by its header"] == "1:40"
    assert known["Length that could be read"] == "1:28"
    assert known["Bit rate"] == "900 kbit/s"
    assert known["Video"] == "h264"
    assert known["Audio track"].startswith("1: por, Comentário <b> (aac, 48")
    assert known["Without speech"] == "25%"
    assert known["Damaged at about"] == "1:01"
    assert "The sound begins at" not in known


def test_it_says_when_the_sound_begins_later(alice: User) -> None:
    with override("en"):
        assert dict(recording.facts(film(alice, track=1).transcript))["The sound begins at"] == "1.5 s"


def test_the_page_shows_it_and_offers_the_other_tracks(alice: User, as_alice: Client) -> None:
    page = as_alice.get(reverse("transcript", args=[film(alice, track=1).pk])).content.decode()
    assert "1:28" in page
    assert '<option value="0">1: por, Comentário &lt;b&gt;</option>' in page


def test_a_file_that_is_no_longer_kept_offers_none(alice: User, as_alice: Client) -> None:
    entry = film(alice)
    entry.transcript.media.storage_key = ""
    entry.transcript.media.save()
    address = reverse("track", args=[entry.pk])
    assert address not in as_alice.get(reverse("transcript", args=[entry.pk])).content.decode()
    assert "no such audio track" in as_alice.post(address, {"track": "1"}, follow=True).content.decode()
    assert alice.transcriptions.count() == 1


def test_another_track_is_an_entry_of_its_own(alice: User, as_alice: Client) -> None:
    entry = film(alice)
    answer = as_alice.post(reverse("track", args=[entry.pk]), {"track": "1"})
    other = alice.transcriptions.exclude(pk=entry.pk).get()
    assert answer.headers["Location"] == reverse("transcript", args=[other.pk])
    assert (other.transcript.options["track"], other.title) == (1, entry.title)


def test_a_stranger_gets_404(alice: User, as_bob: Client, bob: User) -> None:
    assert as_bob.post(reverse("track", args=[film(alice).pk]), {"track": "1"}).status_code == 404
    assert not bob.transcriptions.exists()
