"""Preparing: what is learned of the sound, which track is heard, and when its times begin."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from tests import speech
from tests.conftest import Accept
from transcriptions.models import Transcript, Transcription
from transcriptions.workflow import waveform
from transcriptions.workflow.intake import Refused, accept_track
from transcriptions.workflow.prepare import prepare_next

pytestmark = pytest.mark.django_db(transaction=True)


def go_on() -> bool:
    return False


def test_what_preparing_hears_of_the_sound_is_kept(
    alice: User, accept: Accept, long_spoken: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.wav"
    cut.write_bytes(long_spoken.read_bytes()[: long_spoken.stat().st_size * 2 // 3])
    transcript = accept(alice, cut).transcript
    prepare_next(go_on)
    transcript.refresh_from_db()
    sound = transcript.sound
    assert sound["seconds"] == pytest.approx(transcript.duration_seconds, abs=0.001)
    assert -40 < sound["loudness_db"] < sound["peak_db"] <= 0
    assert 0 < sound["silent_share"] < 0.9
    assert sound["raised_db"] == 0


def test_the_waveform_is_there_with_each_shard_and_made_again_with_it(
    alice: User, accept: Accept, long_spoken: Path
) -> None:
    transcript = accept(alice, long_spoken).transcript
    prepare_next(lambda: True)  # it is to stop after a shard
    begun = waveform.of(transcript.pk)
    prepare_next(go_on)
    transcript.refresh_from_db()
    whole = waveform.of(transcript.pk)
    assert whole.startswith(begun[:-1])
    assert len(whole) == pytest.approx(10 * (transcript.duration_seconds or 0), abs=1)
    assert 0 < len(begun) < len(whole)
    assert max(whole) == pytest.approx(255 * 10 ** (transcript.sound["peak_db"] / 20), abs=2)
    assert min(whole) < 5  # its silences


def test_very_quiet_sound_is_raised(
    alice: User, accept: Accept, spoken: Path, tmp_path: Path, work: Callable[[], None]
) -> None:
    quiet = speech.convert(spoken, tmp_path / "quiet.wav", "-filter:a", "volume=-45dB")
    transcript = accept(alice, quiet).transcript
    work()
    transcript.refresh_from_db()
    assert 25 < transcript.sound["raised_db"] <= 40
    assert "report" in transcript.segments.get().text


def test_the_times_of_a_film_are_those_of_its_picture(
    alice: User, accept: Accept, spoken: Path, tmp_path: Path, work: Callable[[], None]
) -> None:
    begins = []
    for late in ("0", "1.5"):
        picture = ["-f", "lavfi", "-i", "testsrc=size=64x64:duration=8"]
        sound = ["-itsoffset", late, "-i", str(spoken)]
        film = speech.make(tmp_path / f"{late}.mkv", *picture, *sound, "-map", "0:v", "-map", "1:a", "-c:v", "mpeg4")
        transcript = accept(alice, film).transcript
        work()
        transcript.refresh_from_db()
        begins.append(transcript.segments.get().start_seconds)
        assert transcript.recognised_seconds == pytest.approx(transcript.duration_seconds, abs=0.01)
    assert begins[1] - begins[0] == pytest.approx(1.5, abs=0.1)


@pytest.fixture
def two_tracks(spoken: Path, silent: Path, tmp_path: Path) -> Path:
    """Silence, then the default: speech."""
    tracks = ["-i", str(silent), "-i", str(spoken), "-map", "0:a", "-map", "1:a", "-c:a", "aac"]
    named = ["-metadata:s:a:0", "title=Silence", "-metadata:s:a:1", "language=eng"]
    return speech.make(tmp_path / "two.mkv", *tracks, *named, "-disposition:a:0", "0", "-disposition:a:1", "default")


def test_the_default_track_is_transcribed_and_another_can_be(
    alice: User, accept: Accept, two_tracks: Path, work: Callable[[], None]
) -> None:
    entry = accept(alice, two_tracks)
    other = accept_track(entry=entry, track="0", now=timezone.now())
    same = accept_track(entry=entry, track="1", now=timezone.now())
    work()
    assert "report" in entry.transcript.segments.get().text
    assert other.transcript.media == entry.transcript.media
    assert not other.transcript.segments.exists()
    assert "report" in same.transcript.segments.get().text
    assert Transcript.objects.filter(state=Transcript.State.DONE).count() == 3


@pytest.mark.parametrize("track", ["2", "-1", "", "x", "0 "])
def test_a_track_that_is_not_there_is_refused(alice: User, accept: Accept, two_tracks: Path, track: str) -> None:
    entry = accept(alice, two_tracks)
    with pytest.raises(Refused) as caught:
        accept_track(entry=entry, track=track, now=timezone.now())
    assert caught.value.code == "no_track"
    assert Transcription.objects.get() == entry
