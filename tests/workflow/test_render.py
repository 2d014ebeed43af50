"""What is made to be looked at: after the text, once, through kills and stops; and it goes with its recording."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_rq
import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests import speech
from tests.conftest import Accept
from transcriptions import configuration, storage
from transcriptions.engine.pictures import Made, PictureError
from transcriptions.engine.playable import is_playable
from transcriptions.engine.probe import probe
from transcriptions.models import Media, Rendition, Transcript, Transcription
from transcriptions.workflow import clean, history, inventory, lease, render, renditions, retain
from transcriptions.workflow.intake import accept_again

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], None]
PROXY, SUBTITLED, INSIDE = Rendition.Kind.PROXY, Rendition.Kind.SUBTITLED, Rendition.Kind.INSIDE


@pytest.fixture(scope="session")
def avi(recordings: Path, spoken: Path) -> Path:
    """A film that no browser plays."""
    picture = ("-f", "lavfi", "-i", "color=size=160x120:rate=5:duration=5", "-c:v", "mpeg4", "-c:a", "libmp3lame")
    return speech.convert(spoken, recordings / "old.avi", *picture)


@pytest.fixture(scope="session")
def wma(recordings: Path, spoken: Path) -> Path:
    return speech.convert(spoken, recordings / "old.wma")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The subtitles that were given to be drawn; an ffmpeg that can draw is not on every machine."""
    given: list[str] = []

    def burn(program: str, source: Path, subtitles: Path, target: Path, **options: Any) -> Made:
        given.append(subtitles.read_text())
        options["progress"](2.0)
        target.write_bytes(b"a film with text in it")
        return Made("libx264", target.stat().st_size)

    monkeypatch.setattr(render, "burn", burn)
    return given


def nothing() -> None:
    pass


def go_on() -> bool:
    return False


def make() -> bool:
    return render.render_next(go_on, nothing)


def ask(entry: Transcription, kind: str = PROXY) -> None:
    entry = Transcription.objects.select_related("transcript__media").get(pk=entry.pk)
    renditions.ask(entry=entry, kind=kind, now=timezone.now())


def finished(user: User, accept: Accept, file: Path) -> Transcription:
    """An entry whose text is there, without the minutes that take."""
    entry = accept(user, file)
    done = {"state": Transcript.State.DONE, "first_segment_at": timezone.now(), "language": "en"}
    Transcript.objects.filter(pk=entry.transcript_id).update(**done)
    return entry


def stored() -> set[str]:
    return {file.key for file in storage.files("media")}


def tokens() -> int:
    return int(django_rq.get_queue("pictures").count)


# --- Making ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "codecs"), [("avi", ("h264", "aac")), ("wma", ("", "aac"))])
def test_what_browsers_do_not_play_becomes_what_they_play(
    name: str, codecs: tuple[str, str], alice: User, accept: Accept, request: pytest.FixtureRequest
) -> None:
    entry = finished(alice, accept, request.getfixturevalue(name))
    ask(entry)
    assert tokens() == 1
    assert make()
    made = Rendition.objects.get()
    assert (made.state, made.lease_owner, made.error_code, made.expires_at) == ("done", "", "", None)
    assert made.size_bytes == storage.size(made.storage_key)
    found = probe(configuration.ffmpeg(), storage.path(made.storage_key))
    assert (found.video_codec if found.video else "", found.audio_tracks[0].codec) == codecs
    assert is_playable(found.container, codecs[1], codecs[0])
    assert stored() == {entry.transcript.media.storage_key, made.storage_key}
    assert not make()


def test_what_they_play_is_left_alone(alice: User, accept: Accept, spoken: Path) -> None:
    entry = finished(alice, accept, spoken)
    ask(entry)
    ask(entry, SUBTITLED)
    ask(entry, INSIDE)
    assert not Rendition.objects.exists()


def test_the_text_comes_first(alice: User, accept: Accept, wma: Path, work: Work) -> None:
    ask(accept(alice, wma))
    assert Rendition.objects.get().state == Rendition.State.WAITING
    assert not make()
    work()
    assert tokens() == 2  # of the asking, and of the end of the text
    assert make()


def test_whoever_asks_again_asks_for_the_same(alice: User, bob: User, accept: Accept, wma: Path) -> None:
    for user in (alice, bob, alice):
        ask(finished(user, accept, wma))
    assert make()
    ask(finished(bob, accept, wma))
    assert Rendition.objects.get().state == Rendition.State.DONE


def test_what_is_to_be_prepared_is_prepared_in_between(
    alice: User, accept: Accept, avi: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "STEP_SECONDS", 0.0)
    ask(finished(alice, accept, avi))
    looked = []
    assert render.render_next(go_on, lambda: looked.append(Rendition.objects.get().made_seconds))
    assert looked
    assert looked == sorted(looked)
    assert looked[-1] == pytest.approx(5, abs=1)


def test_the_persons_own_text_is_drawn_and_kept_for_a_while(
    alice: User, bob: User, accept: Accept, avi: Path, work: Work, drawn: list[str]
) -> None:
    mine, theirs = accept(alice, avi), accept(bob, avi)
    work()
    ask(mine, SUBTITLED)
    assert make()
    assert "good morning" in drawn[0].lower()
    made = renditions.of(mine, SUBTITLED)
    assert made
    assert renditions.of(theirs, SUBTITLED) is None
    assert storage.read(made.storage_key, 0, 100) == b"a film with text in it"
    assert made.expires_at
    hours = (made.expires_at - timezone.now()).total_seconds() / 3600
    assert hours == pytest.approx(django_settings.EXPORT_KEEP_HOURS, abs=0.1)


def test_the_persons_own_text_goes_along_without_encoding(
    alice: User, accept: Accept, avi: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "encoders", list)  # a server that has none
    entry = accept(alice, avi)
    work()
    ask(entry, INSIDE)
    assert make()
    made = renditions.of(entry, INSIDE)
    assert made
    assert (made.state, made.encoder, made.storage_key.endswith(".mkv")) == ("done", "", True)
    assert made.expires_at
    hours = (made.expires_at - timezone.now()).total_seconds() / 3600
    assert hours == pytest.approx(django_settings.EXPORT_KEEP_HOURS, abs=0.1)
    file = str(storage.path(made.storage_key))
    command = [configuration.ffmpeg().ffmpeg, "-v", "error", "-i", file, "-f", "srt", "-"]
    assert "good morning" in subprocess.run(command, check=True, capture_output=True, text=True).stdout.lower()


@pytest.mark.parametrize(
    ("container", "file_name", "ending"),
    [
        ("mov,mp4,m4a,3gp,3g2,mj2", "a.MOV", ".mov"),
        ("mov,mp4,m4a,3gp,3g2,mj2", "a.m4v", ".mp4"),
        ("matroska,webm", "a.webm", ".mkv"),
        ("avi", "a.mov", ".mkv"),
    ],
)
def test_it_stays_in_a_container_of_its_kind(
    container: str, file_name: str, ending: str, alice: User, accept: Accept, avi: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def enclosed(program: str, source: Path, subtitles: Path, target: Path, *, form: str, **options: Any) -> Made:
        target.write_text(form)
        return Made("", len(form))

    monkeypatch.setattr(render, "enclose", enclosed)
    entry = finished(alice, accept, avi)
    Media.objects.update(container=container)
    Transcription.objects.update(file_name=file_name)
    ask(entry, INSIDE)
    assert make()
    made = Rendition.objects.get()
    assert made.storage_key.endswith(ending)
    assert storage.read(made.storage_key, 0, 100).decode() == render.FORMS[ending]


def test_another_text_in_its_place_takes_the_video_away(
    alice: User, accept: Accept, avi: Path, drawn: list[str]
) -> None:
    entry = finished(alice, accept, avi)
    ask(entry, SUBTITLED)
    assert make()
    accept_again(entry=entry, chosen={}, now=timezone.now())
    assert not Rendition.objects.exists()
    assert stored() == {entry.transcript.media.storage_key}


# --- Failing ---------------------------------------------------------------------------------------------------------
def test_a_failure_has_a_code_and_is_tried_again_when_asked_for(
    alice: User, accept: Accept, avi: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*arguments: Any, **options: Any) -> Made:
        raise PictureError("too_slow", "no answer in 3 s")

    entry = finished(alice, accept, avi)
    ask(entry)
    with monkeypatch.context() as patch:
        patch.setattr(render, "proxy", slow)
        assert make()
    failed = Rendition.objects.get()
    assert (failed.state, failed.error_code, failed.error_detail) == ("failed", "too_slow", "no answer in 3 s")
    assert not make()
    renditions.ask_once(entry=entry, kind=PROXY, now=timezone.now())
    assert not make()
    ask(entry)
    assert make()
    assert Rendition.objects.get().state == Rendition.State.DONE


def test_limits_are_those_of_the_settings(alice: User, accept: Accept, avi: Path, settings: Settings) -> None:
    settings.MAX_RENDER_BYTES = 1000
    ask(finished(alice, accept, avi))
    assert make()
    assert Rendition.objects.get().error_code == "too_large_a_result"


def test_a_recording_whose_bytes_are_lost_says_so(alice: User, accept: Accept, wma: Path) -> None:
    entry = finished(alice, accept, wma)
    ask(entry)
    storage.delete(entry.transcript.media.storage_key)
    assert make()
    assert Rendition.objects.get().error_code == "recording_gone"


def test_a_worker_that_is_told_to_end_gives_it_back(alice: User, accept: Accept, wma: Path) -> None:
    ask(finished(alice, accept, wma))
    django_rq.get_connection("media").flushdb()
    assert render.render_next(lambda: True, nothing)
    row = Rendition.objects.get()
    assert (row.state, row.lease_owner, row.attempts) == ("waiting", "", 0)
    assert tokens() == 1
    assert make()


def test_what_a_killed_worker_held_is_made_by_the_next(alice: User, accept: Accept, wma: Path) -> None:
    ask(finished(alice, accept, wma))
    held = lease.claim(renditions.waiting(), timezone.now())
    assert held
    gone = subprocess.Popen(["true"])
    gone.wait()
    host, _, start, rest = held.owner.split(":")
    Rendition.objects.update(lease_owner=f"{host}:{gone.pid}:{start}:{rest}")
    django_rq.get_connection("media").flushdb()
    assert not make()
    retain.sweep(timezone.now())
    assert tokens() == 1
    assert make()
    assert Rendition.objects.get().state == Rendition.State.DONE


def test_one_that_kills_its_workers_does_not_go_round_for_ever(alice: User, accept: Accept, wma: Path) -> None:
    ask(finished(alice, accept, wma))
    Rendition.objects.update(attempts=3)
    assert make()
    assert Rendition.objects.get().error_code == "not_encoded"


# --- Removing --------------------------------------------------------------------------------------------------------
@pytest.fixture
def both(alice: User, accept: Accept, avi: Path, drawn: list[str]) -> Transcription:
    """A recording with everything that can be made of it."""
    entry = finished(alice, accept, avi)
    for kind in (PROXY, SUBTITLED):
        ask(entry, kind)
        assert make()
    assert len(stored()) == 3
    return entry


@pytest.fixture(autouse=True)
def _every_byte_has_its_row() -> Iterator[None]:
    yield
    found = inventory.take(timezone.now() + timedelta(days=2), repair=False)
    expected = {Media.objects.get().storage_key} if Rendition.objects.filter(error_code="recording_gone") else set()
    assert set(found.rows_without_file) == expected
    assert found.files_without_row == []


def test_it_goes_with_its_recording(both: Transcription) -> None:
    history.delete(entry=both, now=timezone.now())
    assert stored() == set()
    assert not Rendition.objects.exists()


def test_ones_own_video_goes_and_the_others_proxy_stays(
    both: Transcription, bob: User, accept: Accept, avi: Path
) -> None:
    finished(bob, accept, avi)
    history.delete(entry=both, now=timezone.now())
    assert [row.kind for row in Rendition.objects.all()] == [PROXY]
    assert len(stored()) == 2


def test_it_goes_with_the_last_account(both: Transcription, alice: User) -> None:
    history.delete_account(user=alice, now=timezone.now())
    assert stored() == set()


@pytest.mark.parametrize("keep", ["sound", "nothing"])
def test_it_goes_where_less_is_kept(both: Transcription, settings: Settings, keep: str) -> None:
    settings.KEEP_MEDIA = keep
    size = sum(file.size_bytes for file in storage.files("media"))
    cleaned = clean.clean_up(now=timezone.now())
    assert cleaned
    assert cleaned.freed_bytes == size - sum(file.size_bytes for file in storage.files("media"))
    assert not Rendition.objects.exists()
    assert len(stored()) == (keep == "sound")


def test_what_is_kept_for_a_while_goes_after_it(both: Transcription) -> None:
    later = timezone.now() + timedelta(hours=django_settings.EXPORT_KEEP_HOURS + 1)
    would = clean.clean_up(now=later, dry_run=True)
    assert Rendition.objects.count() == 2
    did = clean.clean_up(now=later)
    assert would
    assert did
    assert (would.renditions, would.files) == (did.renditions, did.files)
    assert (did.renditions, did.freed_bytes) == (1, len(b"a film with text in it"))
    assert [row.kind for row in Rendition.objects.all()] == [PROXY]


def test_a_dry_run_names_all_of_a_recording(both: Transcription, alice: User) -> None:
    keys = stored()
    User.objects.filter(pk=alice.pk).delete()
    would = clean.clean_up(now=timezone.now(), dry_run=True)
    assert would
    assert set(would.files) == keys
    assert stored() == keys
    did = clean.clean_up(now=timezone.now())
    assert did
    assert sorted(did.files) == sorted(would.files)
    assert stored() == set()


def test_what_is_deleted_meanwhile_is_not_made(
    alice: User, accept: Accept, avi: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "STEP_SECONDS", 0.0)
    entry = finished(alice, accept, avi)
    ask(entry)
    assert render.render_next(go_on, lambda: history.delete(entry=entry, now=timezone.now()))
    assert stored() == set()
    assert not Rendition.objects.exists()


def test_a_kill_before_the_row_is_written_leaves_a_file_that_is_found(
    alice: User, accept: Accept, wma: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    ask(finished(alice, accept, wma))
    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(render, "_end", killed)
        make()
    assert len(stored()) == 2
    cleaned = clean.clean_up(now=timezone.now())
    assert cleaned
    assert cleaned.lost_files == 1
    Rendition.objects.update(lease_expires_at=None)
    assert make()


def test_a_file_that_is_lost_is_made_again_once_the_report_has_put_it_right(both: Transcription) -> None:
    proxy = renditions.proxy_of(both.transcript.media)
    assert proxy
    storage.delete(proxy.storage_key)
    assert inventory.take(timezone.now(), repair=True).repaired == 1
    ask(both)
    assert make()
    assert renditions.proxy_of(both.transcript.media)
