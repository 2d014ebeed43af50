"""The clean-up: what is past its time goes, what is in use stays, and a dry run changes nothing."""

import os
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.conftest import Accept
from tests.management.commands import MANAGE, environment, manage, services_here
from transcriptions import incoming, locks, processes, storage, temporary
from transcriptions.models import Media, Transcript, Upload
from transcriptions.workflow import arrive, clean, history, prepare
from transcriptions.workflow.clean import Cleaned

pytestmark = pytest.mark.django_db(transaction=True)


def clean_up(*, dry_run: bool = False) -> Cleaned:
    cleaned = clean.clean_up(now=timezone.now(), dry_run=dry_run)
    assert cleaned
    return cleaned


def stored(folder: str) -> list[Path]:
    return [path for path in storage.path(folder).rglob("*") if path.is_file()]


@pytest.mark.usefixtures("multilingual")
def test_the_least_recently_used_goes_first_and_histories_stay(
    alice: User, accept: Accept, spoken: Path, settings: Settings
) -> None:
    settings.CACHE_MAX_SIZE = 1
    now = timezone.now()
    made = []
    for age, language in enumerate(["", "pt", "de", "fr"]):
        entry = accept(alice, spoken, language=language)
        Transcript.objects.filter(pk=entry.transcript_id).update(
            state=Transcript.State.DONE, last_used_at=now - timedelta(hours=age)
        )
        made.append(entry)
    for entry in made[:3]:
        history.delete(entry=entry, now=now)
    assert clean_up().transcripts == 2
    assert set(Transcript.objects.values_list("pk", flat=True)) == {made[0].transcript_id, made[3].transcript_id}


@pytest.mark.usefixtures("multilingual")
def test_bytes_go_with_the_last_that_needs_them(alice: User, accept: Accept, spoken: Path) -> None:
    for state in (Transcript.State.DONE, Transcript.State.QUEUED):
        Transcript.objects.filter(pk=accept(alice, spoken, language="pt").transcript_id).update(state=state)
        User.objects.filter(pk=alice.pk).delete()
        clean_up()
        assert stored("media") == []
        alice.save(force_insert=True)
    assert not Media.objects.exists()


def test_only_old_temporary_files_go() -> None:
    folder = Path(django_settings.TEMP_DIR)
    for name, hours in (("old", 48), ("new", 0), ("still arriving", 0)):
        (folder / name).mkdir(parents=True)
        (folder / name / "file").write_bytes(b"x")
        stamp = time.time() - hours * 3600
        os.utime(folder / name, (stamp, stamp))
        os.utime(folder / name / "file", (stamp, stamp))
    os.utime(folder / "still arriving", (0, 0))
    assert clean_up().temporary_files == 1
    assert sorted(entry.name for entry in folder.iterdir()) == ["new", "still arriving"]


def test_what_a_killed_process_left_goes_at_once_and_what_the_living_have_stays() -> None:
    code = "from transcriptions import temporary as t; print(t.make('x'), flush=True); import time; time.sleep(60)"
    alive = subprocess.Popen(
        [*MANAGE, "shell", "--no-imports", "-c", code], env=environment(), stdout=subprocess.PIPE, text=True
    )
    assert alive.stdout
    theirs = Path(alive.stdout.readline().strip())
    with temporary.folder("upload") as ours:
        assert clean_up().temporary_files == 0
        assert theirs.is_dir()
        alive.kill()
        alive.wait()
        alive.stdout.close()
        assert clean_up().temporary_files == 1
        assert not theirs.parent.exists()
        assert ours.is_dir()
    assert list(Path(django_settings.TEMP_DIR).iterdir()) == []


def test_a_later_process_with_the_same_number_does_not_keep_the_folder() -> None:
    host, number, start = processes.identity().rsplit(":", 2)
    earlier = Path(django_settings.TEMP_DIR, f"{host}:{number}:{int(start) - 1}", "upload-x")
    elsewhere = Path(django_settings.TEMP_DIR, f"elsewhere:{number}:{start}", "upload-x")
    for folder in (earlier, elsewhere):
        folder.mkdir(parents=True)
    assert clean_up().temporary_files == 1
    assert not earlier.exists()
    assert elsewhere.exists()


def test_bytes_without_a_row_go(alice: User, accept: Accept, spoken: Path) -> None:
    key = storage.media_key("ab" * 32)
    storage.write(key, b"left by a kill")
    entry = accept(alice, spoken)
    assert (clean_up().lost_files, storage.exists(key)) == (1, False)
    assert storage.exists(entry.transcript.media.storage_key)


def test_bytes_whose_row_is_just_being_written_stay(
    alice: User, accept: Accept, spoken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The intake has given the file its place and has not committed; the clean-up comes and waits for it."""
    adopted, looked = threading.Event(), threading.Event()
    adopt, hold = storage.adopt, locks.hold

    def adopt_slowly(file: Path, key: str) -> None:
        adopt(file, key)
        adopted.set()
        assert looked.wait(10)

    def tell_and_hold(name: str) -> None:
        if adopted.is_set():
            threading.Timer(0.2, looked.set).start()
        hold(name)

    monkeypatch.setattr(storage, "adopt", adopt_slowly)
    monkeypatch.setattr(locks, "hold", tell_and_hold)
    cleaning = threading.Thread(target=_clean_up_after, args=(adopted,))
    cleaning.start()
    entry = accept(alice, spoken)
    cleaning.join()
    assert looked.is_set()
    assert storage.exists(entry.transcript.media.storage_key)


def _clean_up_after(adopted: threading.Event) -> None:
    assert adopted.wait(10)
    assert clean_up().lost_files == 0
    connection.close()


def test_a_kill_before_the_bytes_are_gone_leaves_no_row_without_them(
    alice: User, accept: Accept, spoken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = accept(alice, spoken)

    def killed(key: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(storage, "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            history.delete(entry=entry, now=timezone.now())
    assert not Media.objects.exists()
    assert len(stored("media")) == 1
    assert clean_up().lost_files == 1
    assert stored("media") == []


def test_the_sound_of_work_that_goes_on_stays(alice: User, accept: Accept, spoken: Path) -> None:
    entry = accept(alice, spoken)
    prepare.prepare_next(lambda: False)
    assert (clean_up().shard_folders, len(stored("shards"))) == (0, 1)
    Transcript.objects.filter(pk=entry.transcript_id).update(state=Transcript.State.FAILED)
    assert (clean_up().shard_folders, len(stored("shards"))) == (1, 0)


def test_expired_sessions_go(alice: User) -> None:
    for seconds in (-1, 60):
        session = SessionStore()
        session.set_expiry(timezone.now() + timedelta(seconds=seconds))
        session.create()
    assert clean_up().sessions == 1
    assert Session.objects.count() == 1


def test_a_dry_run_says_what_would_go_and_changes_nothing(
    alice: User, accept: Accept, spoken: Path, settings: Settings, work: Callable[[], None]
) -> None:
    settings.KEEP_MEDIA = "nothing"
    kept = accept(alice, spoken, language="en")
    work()
    old = Path(django_settings.TEMP_DIR, "old")
    old.mkdir(parents=True)
    os.utime(old, (0, 0))
    storage.write(storage.media_key("ab" * 32), b"left by a kill")
    Transcript.objects.create(
        media=Media.objects.create(sha256="0" * 64, size_bytes=1, container="", created_at=timezone.now()),
        fingerprint="",
        reuse_key="",
        options={},
        state=Transcript.State.FAILED,
        created_at=timezone.now(),
        last_used_at=timezone.now(),
    )
    would = clean_up(dry_run=True)
    assert Transcript.objects.count() == Media.objects.count() == 2
    assert storage.exists(kept.transcript.media.storage_key)
    assert (len(stored("media")), old.exists()) == (2, True)
    did = clean_up()
    assert (would.transcripts, would.media, would.reduced, would.lost_files, would.temporary_files) == (1, 1, 1, 1, 1)
    assert (did.transcripts, did.media, did.reduced, did.lost_files, did.temporary_files) == (1, 1, 1, 1, 1)
    assert sorted(would.files) == sorted(did.files)
    assert (Transcript.objects.count(), Media.objects.count(), len(stored("media")), old.exists()) == (1, 1, 0, False)


def test_of_two_at_the_same_time_one_does_the_work_and_the_other_says_so() -> None:
    with locks.alone("clean-up"):
        result = manage("cleanup_temp", **services_here())
    assert result.stdout == "Another clean-up is under way; this one has nothing to do.\n"
    assert (result.returncode, result.stderr) == (0, "")
    assert manage("cleanup_temp", **services_here()).stdout.startswith("Removed ")


def test_an_upload_that_is_being_copied_stays_and_one_that_was_killed_goes() -> None:
    storage.write("media/ab/abc.1234.new", b"half of it")
    assert clean_up().lost_files == 0
    os.utime(storage.path("media/ab/abc.1234.new"), (0, 0))
    assert clean_up().lost_files == 1


def test_an_upload_that_nobody_went_on_with_goes_and_so_do_files_that_have_lost_their_row(alice: User) -> None:
    """A dry run names them; what else lies there, as a disk's lost+found, is nobody's business."""
    said: dict[str, Any] = {"size_bytes": 50, "last_modified": None, "chosen": {}, "now": timezone.now()}
    expired, lost, arriving = (arrive.expect(user=alice, name=name, **said) for name in "abc")
    for upload in (expired, lost, arriving):
        with incoming.writer(upload.pk) as writer:
            writer.write(b"12345")
    mark = incoming.path(lost.pk).with_suffix(".new.unverified")
    mark.write_text("5")
    incoming.path(lost.pk).with_name("lost+found").mkdir()
    Upload.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    Upload.objects.filter(pk=lost.pk).delete()
    would, did = clean_up(dry_run=True), clean_up()
    assert would == did
    assert (did.uploads, did.lost_files, did.freed_bytes) == (1, 2, 11)
    assert sorted(did.files) == sorted(map(str, [incoming.path(expired.pk), incoming.path(lost.pk), mark]))
    assert Upload.objects.get() == arriving
    assert sorted(path.name for path in Path(django_settings.UPLOAD_DIR).iterdir()) == [str(arriving.pk), "lost+found"]
    assert clean_up().files == []
