"""The same work once, however many ask, and what is not to be shared is not."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests import speech
from tests.conftest import Accept
from tests.management.commands import MANAGE, environment, services_here
from transcriptions import storage, tally
from transcriptions.models import ModelVersion, Segment, Transcript, Transcription
from transcriptions.workflow import history, waveform
from transcriptions.workflow.intake import Refused, accept_again
from transcriptions.workflow.prepare import prepare_next

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], None]

TOGETHER = """
import hashlib, shutil, uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from django.conf import settings
from django.db import connection
from django.utils import timezone
from accounts.models import User
from transcriptions.workflow.intake import ReceivedFile, accept_upload
source, folder = Path(SOURCE), Path(FOLDER)
sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
users = list(User.objects.order_by("pk"))
def bring(number):
    copy = Path(shutil.copy(source, folder / uuid.uuid4().hex))
    upload = ReceivedFile(name="talk.wav", path=copy, size_bytes=copy.stat().st_size, sha256=sha256)
    accept_upload(user=users[number % len(users)], upload=upload, chosen={}, now=timezone.now())
    connection.close()
with ThreadPoolExecutor(10) as threads:
    list(threads.map(bring, range(10)))
"""


def go_on() -> bool:
    return False


def test_fifty_at_once_from_five_processes_are_one_recognition(
    alice: User, bob: User, spoken: Path, tmp_path: Path, settings: Settings, work: Work
) -> None:
    code = TOGETHER.replace("SOURCE", repr(str(spoken))).replace("FOLDER", repr(str(tmp_path)))
    here = environment(**services_here(), STORAGE_DIR=str(settings.STORAGE_DIR), DATA_DIR=str(settings.DATA_DIR))
    command = [*MANAGE, "shell", "--no-imports", "-c", code]
    processes = [subprocess.Popen(command, env=here, stderr=subprocess.PIPE, text=True) for _ in range(5)]
    said = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 5, said
    assert (Transcript.objects.count(), Transcription.objects.count()) == (1, 50)
    work()
    assert set(Transcription.objects.values_list("transcript__state", flat=True)) == {Transcript.State.DONE}
    counted = tally.total()
    assert (counted.missed, counted.attached + counted.hit) == (1, 49)
    assert counted.hit_rate == pytest.approx(0.98)


def test_who_leaves_stops_it_for_nobody_but_the_last(alice: User, bob: User, accept: Accept, spoken: Path) -> None:
    entries = [accept(alice, spoken), accept(bob, spoken), accept(bob, spoken)]
    for entry in entries:
        assert Transcript.objects.get().is_live
        history.cancel(entry=entry, now=timezone.now())
    assert Transcript.objects.get().state == Transcript.State.CANCELLED


def test_within_a_person_nothing_of_others_is_used(
    alice: User, bob: User, accept: Accept, spoken: Path, settings: Settings, work: Work
) -> None:
    settings.CACHE_SCOPE = "user"
    mine = accept(alice, spoken)
    work()
    theirs, again = accept(bob, spoken), accept(alice, spoken)
    assert theirs.transcript.state == Transcript.State.QUEUED
    assert again.transcript == mine.transcript


def test_another_version_of_the_model_is_another_text(alice: User, accept: Accept, spoken: Path, work: Work) -> None:
    first = accept(alice, spoken)
    work()
    told = ModelVersion.objects.get()
    assert (told.name, len(told.version)) == ("tiny.en", 16)
    assert accept(alice, spoken).transcript == first.transcript
    ModelVersion.objects.update(version="f" * 16)
    assert accept(alice, spoken).transcript != first.transcript
    work()
    assert ModelVersion.objects.get() == told


def copies(source: Path, tmp_path: Path) -> list[Path]:
    """An mp4 remuxed, an mp3 tagged anew."""
    film = speech.make(tmp_path / "film.mp4", "-f", "lavfi", "-i", "testsrc=size=64x64:duration=5", "-i", str(source))
    song = speech.convert(source, tmp_path / "song.mp3", "-b:a", "64k")
    return [
        film,
        speech.convert(film, tmp_path / "film.mkv", "-c", "copy"),
        song,
        speech.convert(song, tmp_path / "tagged.mp3", "-c", "copy", "-metadata", "title=A title, and a longer one"),
    ]


def test_the_same_sound_in_another_file_is_not_recognised_again(
    alice: User, bob: User, accept: Accept, spoken: Path, tmp_path: Path, work: Work
) -> None:
    film, remuxed, song, tagged = copies(spoken, tmp_path)
    for first, second in ((film, remuxed), (song, tagged)):
        done = accept(alice, first).transcript
        work()
        done.refresh_from_db()
        entry = accept(bob, second)
        assert prepare_next(go_on)
        copied = Transcript.objects.get(pk=entry.transcript_id)
        assert (copied.state, copied.figures) == (Transcript.State.DONE, {"copied_from": done.pk})
        assert copied.media != done.media
        assert storage.exists(copied.media.storage_key)
        assert texts(copied) == texts(done)
        assert waveform.of(copied.pk) == waveform.of(done.pk) != b""
        assert copied.size_bytes == done.size_bytes > 0
    counted = tally.total()
    assert (counted.same_sound, counted.missed) == (2, 4)
    assert counted.saved_seconds > 0


def texts(transcript: Transcript) -> list[tuple[float, str, list[object]]]:
    rows = Segment.objects.filter(transcript=transcript).order_by("position")
    return list(rows.values_list("start_seconds", "text", "words"))


def test_work_on_the_same_sound_ends_when_the_first_is_done(
    alice: User, accept: Accept, spoken: Path, tmp_path: Path, work: Work
) -> None:
    _, _, song, tagged = copies(spoken, tmp_path)
    first, second = accept(alice, song), accept(alice, tagged)
    assert prepare_next(go_on)
    assert prepare_next(go_on)
    work()
    rows = [Transcript.objects.get(pk=entry.transcript_id) for entry in (first, second)]
    assert [row.state for row in rows] == [Transcript.State.DONE] * 2
    assert ["copied_from" in row.figures for row in rows].count(True) == 1
    assert texts(rows[0]) == texts(rows[1])


def test_other_options_and_private_results_are_no_twins(
    alice: User, bob: User, accept: Accept, spoken: Path, tmp_path: Path, settings: Settings, work: Work
) -> None:
    settings.CACHE_SCOPE = "user"
    _, _, song, tagged = copies(spoken, tmp_path)
    accept(alice, song)
    work()
    for entry in (accept(bob, tagged), accept(alice, tagged, preset="fast")):
        work()
        entry.transcript.refresh_from_db()
        assert "copied_from" not in entry.transcript.figures
        assert entry.transcript.state == Transcript.State.DONE


def test_again_is_new_work_for_one_and_for_who_comes_later(
    alice: User, bob: User, accept: Accept, spoken: Path, work: Work
) -> None:
    mine, theirs = accept(alice, spoken), accept(bob, spoken)
    work()
    before = mine.transcript_id
    accept_again(entry=mine, chosen={"preset": "", "language": ""}, now=timezone.now())
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (theirs.transcript_id, mine.transcript.state) == (before, Transcript.State.QUEUED)
    assert mine.transcript_id != before
    assert accept(bob, spoken).transcript_id == mine.transcript_id
    work()
    assert Transcript.objects.filter(state=Transcript.State.DONE).count() == 2


def test_again_needs_the_recording(alice: User, accept: Accept, spoken: Path, work: Work) -> None:
    entry = accept(alice, spoken)
    work()
    storage.delete(entry.transcript.media.storage_key)
    with pytest.raises(Refused, match="recording_gone"):
        accept_again(entry=entry, chosen={}, now=timezone.now())


def test_again_is_not_ended_by_a_twin_of_the_old_text(
    alice: User, bob: User, accept: Accept, spoken: Path, tmp_path: Path, work: Work
) -> None:
    _, _, song, tagged = copies(spoken, tmp_path)
    accept(alice, song)
    work()
    entry = accept(bob, tagged)
    work()
    accept_again(entry=entry, chosen={}, now=timezone.now())
    work()
    entry.refresh_from_db()
    assert entry.transcript.state == Transcript.State.DONE
    assert "copied_from" not in entry.transcript.figures


def test_again_asked_for_twice_is_done_once(alice: User, accept: Accept, spoken: Path, work: Work) -> None:
    entry = accept(alice, spoken)
    work()
    stale = Transcription.objects.select_related("transcript").get(pk=entry.pk)
    accept_again(entry=entry, chosen={}, now=timezone.now())
    accept_again(entry=stale, chosen={}, now=timezone.now())
    assert Transcript.objects.get().is_live  # and the old one, which nobody else had, is gone


def test_sound_that_a_header_makes_silent_is_other_sound(
    alice: User, bob: User, accept: Accept, spoken: Path, tmp_path: Path, work: Work
) -> None:
    """The packets of opus are the same whatever gain the header asks for."""
    voice = speech.convert(spoken, tmp_path / "voice.webm", "-c:a", "libopus")
    content = voice.read_bytes()
    gain = content.index(b"OpusHead") + 16
    silenced = tmp_path / "silenced.webm"
    silenced.write_bytes(content[:gain] + (-60 * 256).to_bytes(2, "little", signed=True) + content[gain + 2 :])
    accept(alice, silenced)
    work()
    entry = accept(bob, voice)
    work()
    entry.transcript.refresh_from_db()
    assert "copied_from" not in entry.transcript.figures
    assert "report" in entry.transcript.segments.get().text
