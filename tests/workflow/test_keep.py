"""What is kept of recordings: what the most generous of their people wants, and never more than the site keeps."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests import speech
from tests.conftest import Accept
from transcriptions import configuration, storage
from transcriptions.engine.probe import probe
from transcriptions.models import Media, Transcript, Transcription
from transcriptions.sentences import sentence
from transcriptions.workflow import clean, history, keep
from transcriptions.workflow.clean import Cleaned
from transcriptions.workflow.intake import accept_track
from transcriptions.workflow.prepare import prepare_next

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], None]


@pytest.fixture(scope="session")
def film(recordings: Path, spoken: Path) -> Path:
    picture = ("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=5", "-c:v", "libx264")
    return speech.convert(spoken, recordings / "film.mp4", *picture)


def clean_up(*, days: float = 0, stopping: Callable[[], bool] = lambda: False) -> Cleaned:
    cleaned = clean.clean_up(now=timezone.now() + timedelta(days=days), stopping=stopping)
    assert cleaned
    return cleaned


def stored() -> list[Path]:
    return sorted(path for path in storage.path("media").rglob("*") if path.is_file())


def key(entry: Transcription) -> str:
    return Media.objects.get(transcripts=entry.transcript_id).storage_key


@pytest.mark.parametrize(
    ("site", "site_days", "wish", "wish_days", "age", "kept"),
    [
        ("original", 0, "", None, 10_000, "original"),
        ("original", 0, "sound", None, 0, "sound"),
        ("sound", 0, "original", None, 0, "sound"),
        ("nothing", 0, "original", 7, 0, "nothing"),
        ("original", 0, "nothing", None, 0, "nothing"),
        ("original", 7, "", None, 6.9, "original"),
        ("original", 7, "", None, 7, "nothing"),
        ("original", 7, "sound", 30, 7, "nothing"),
        ("sound", 7, "", 3, 3, "nothing"),
        ("original", 0, "", 3, 2.9, "original"),
    ],
)
def test_a_person_can_ask_for_less_and_not_for_more(
    settings: Settings, site: str, site_days: int, wish: str, wish_days: int | None, age: float, kept: str
) -> None:
    settings.KEEP_MEDIA, settings.KEEP_MEDIA_DAYS = site, site_days
    now = timezone.now()
    person = User(keep_media=wish, keep_media_days=wish_days)
    assert keep.wish(person, now - timedelta(days=age), now) == kept


def test_nothing_goes_where_nobody_wants_less(alice: User, accept: Accept, film: Path, work: Work) -> None:
    entry = accept(alice, film)
    work()
    assert clean_up(days=10_000).reduced == 0
    assert storage.size(key(entry)) == film.stat().st_size


def test_only_the_sound_stays_and_can_be_transcribed_again(
    alice: User, accept: Accept, film: Path, work: Work, settings: Settings
) -> None:
    settings.KEEP_MEDIA = "sound"
    entry = accept(alice, film)
    work()
    before = Media.objects.get()
    cleaned = clean_up()
    media = Media.objects.get()
    assert (cleaned.reduced, cleaned.failed) == (1, 0)
    assert cleaned.freed_bytes == film.stat().st_size - storage.size(media.storage_key)
    assert stored() == [storage.path(media.storage_key)]
    assert media.storage_key.endswith(".m4a")
    assert (media.sha256, media.size_bytes) == (before.sha256, before.size_bytes)
    found = probe(configuration.ffmpeg(), stored()[0])
    assert (found.video, [track.codec for track in found.audio_tracks]) == (False, ["aac"])
    assert found.duration_seconds == pytest.approx(Transcript.objects.get().sound["seconds"], abs=0.2)
    assert entry.transcript.segments.exists()
    assert clean_up().reduced == 0
    assert list(Path(django_settings.TEMP_DIR).iterdir()) == []

    Transcript.objects.update(state=Transcript.State.FAILED)
    history.retry(entry=entry, now=timezone.now())
    work()
    assert Transcript.objects.get().state == Transcript.State.DONE


def test_every_audio_track_stays(
    alice: User, accept: Accept, spoken: Path, silent: Path, tmp_path: Path, work: Work, settings: Settings
) -> None:
    settings.KEEP_MEDIA = "sound"
    tracks = ["-i", str(silent), "-i", str(spoken), "-map", "0:a", "-map", "1:a", "-c:a", "aac"]
    entry = accept(alice, speech.make(tmp_path / "two.mkv", *tracks))
    work()
    assert clean_up().reduced == 1
    other = accept_track(entry=entry, track="1", now=timezone.now())
    work()
    assert "report" in other.transcript.segments.get().text


def test_a_recording_that_comes_again_is_there_again_and_its_sound_is_not_kept_twice(
    alice: User, bob: User, accept: Accept, film: Path, work: Work
) -> None:
    User.objects.filter(pk=alice.pk).update(keep_media="sound")
    mine = accept(alice, film)
    work()
    assert clean_up().reduced == 1
    accept(bob, film)
    assert stored() == [storage.path(key(mine))]
    assert storage.size(key(mine)) == film.stat().st_size
    assert clean_up().reduced == 0  # bob wants all of it


def test_the_most_generous_of_those_who_still_have_it_decides(
    alice: User, bob: User, accept: Accept, spoken: Path, work: Work
) -> None:
    User.objects.filter(pk=alice.pk).update(keep_media="nothing")
    accept(alice, spoken)
    theirs = accept(bob, spoken)
    work()
    assert clean_up().reduced == 0
    history.delete(entry=theirs, now=timezone.now())
    assert clean_up().reduced == 1
    assert stored() == []
    assert Transcript.objects.get().segments.exists()


def test_nothing_goes_while_it_is_worked_on(alice: User, accept: Accept, spoken: Path, settings: Settings) -> None:
    settings.KEEP_MEDIA = "nothing"
    accept(alice, spoken)
    assert clean_up().reduced == 0
    prepare_next(lambda: False)
    assert clean_up().reduced == 0
    assert len(stored()) == 1


def test_what_failed_keeps_its_original_until_its_days_are_over(
    alice: User, accept: Accept, spoken: Path, settings: Settings
) -> None:
    settings.KEEP_MEDIA, settings.KEEP_MEDIA_DAYS = "sound", 7
    entry = accept(alice, spoken)
    history.cancel(entry=entry, now=timezone.now())
    assert clean_up(days=6).reduced == 0
    assert clean_up(days=7).reduced == 1
    assert stored() == []


def test_trying_again_without_the_recording_is_a_verdict(
    alice: User, accept: Accept, spoken: Path, settings: Settings
) -> None:
    settings.KEEP_MEDIA = "nothing"
    entry = accept(alice, spoken)
    history.cancel(entry=entry, now=timezone.now())
    clean_up()
    with pytest.raises(history.RecordingGone):
        history.retry(entry=entry, now=timezone.now())
    entry.refresh_from_db()
    assert entry.transcript.state == Transcript.State.CANCELLED
    accept(alice, spoken)
    entry.transcript.refresh_from_db()
    assert entry.transcript.state == Transcript.State.QUEUED


def test_work_on_bytes_that_are_gone_fails_in_a_sentence(alice: User, accept: Accept, spoken: Path) -> None:
    entry = accept(alice, spoken)
    storage.delete(key(entry))
    assert prepare_next(lambda: False)
    transcript = Transcript.objects.get()
    assert (transcript.state, transcript.error_code) == ("failed", "recording_gone")
    assert "Upload it again" in sentence(transcript.error_code)


def test_what_cannot_be_encoded_stays_and_is_counted(
    alice: User, accept: Accept, spoken: Path, work: Work, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEEP_MEDIA = "sound"
    entry = accept(alice, spoken)
    work()
    broken = storage.path(key(entry))
    broken.write_bytes(b"no sound at all")
    assert (clean_up().failed, clean_up().reduced) == (1, 0)
    assert stored() == [broken]
    assert list(Path(django_settings.TEMP_DIR).iterdir()) == []


def test_a_clean_up_that_is_asked_to_end_leaves_the_recording_as_it_was(
    alice: User, accept: Accept, long_spoken: Path, work: Work, settings: Settings
) -> None:
    settings.KEEP_MEDIA = "sound"
    entry = accept(alice, long_spoken)
    work()
    asked = iter([False])  # not before it begins, but as soon as it has begun
    cleaned = clean_up(stopping=lambda: next(asked, True))
    assert (cleaned.reduced, cleaned.failed) == (0, 0)
    assert key(entry) == storage.media_key(entry.transcript.media.sha256)
    assert len(stored()) == 1
    assert list(Path(django_settings.TEMP_DIR).iterdir()) == []


def test_a_wish_for_longer_than_there_will_be_time_is_for_ever(alice: User) -> None:
    alice.keep_media_days = 2_147_483_647
    assert keep.wish(alice, timezone.now(), timezone.now()) == "original"
