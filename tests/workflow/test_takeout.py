"""All that a person has, as a zip: whole, theirs alone, made again after a kill, gone in time."""

import io
import json
import os
import tracemalloc
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import Settings

from accounts import tokens
from accounts.models import User
from tests.web import rows
from transcriptions import storage
from transcriptions.models import Media, Takeout, Transcript, Transcription
from transcriptions.workflow import clean, inventory, takeout
from transcriptions.workflow.lease import claim

pytestmark = pytest.mark.django_db(transaction=True)


def make(user: User) -> Takeout:
    takeout.ask(user=user, now=timezone.now())
    assert takeout.make_next(lambda: False, lambda: None)
    return Takeout.objects.get(user=user)


def opened(made: Takeout) -> ZipFile:
    archive = ZipFile(io.BytesIO(storage.read(made.storage_key, 0, made.size_bytes)))
    assert archive.testzip() is None
    return archive


def test_everything_is_in_it(alice: User, bob: User) -> None:
    token = tokens.create(user=alice, name="script", now=timezone.now())
    entry = rows.entry(alice, "Olá, “João”.", "Tchau!", title="Ata: nº 1/2 日本")
    Transcription.objects.update(tags=["weekly"], notes="Ask Ana.", is_favourite=True)
    rows.entry(bob, "Bob's secret.", title="Safe")
    archive = opened(make(alice))
    name = "00001 Ata- nº 1-2 日本"
    texts = [
        f"transcripts/{name}/{file}" for file in ("entry.json", *(f"Ata- nº 1-2 日本.{f}" for f in takeout.FORMATS))
    ]
    assert sorted(archive.namelist()) == sorted(["account.json", f"recordings/{name}.wav", *texts])
    media = entry.transcript.media
    assert archive.read(f"recordings/{name}.wav") == storage.read(media.storage_key, 0, media.size_bytes)
    assert archive.read(f"transcripts/{name}/Ata- nº 1-2 日本.txt").decode() == "Olá, “João”.\nTchau!\n"
    assert "00:00:02,000 --> " in archive.read(f"transcripts/{name}/Ata- nº 1-2 日本.srt").decode()
    assert len(json.loads(archive.read(f"transcripts/{name}/Ata- nº 1-2 日本.json"))["segments"]) == 2
    about = json.loads(archive.read(f"transcripts/{name}/entry.json"))
    assert (about["title"], about["recording"]) == (entry.title, f"recordings/{name}.wav")
    assert (about["tags"], about["notes"], about["is_favourite"]) == (["weekly"], "Ask Ana.", True)
    account = json.loads(archive.read("account.json"))
    assert (account["email"], account["api_tokens"][0]["name"]) == (alice.email, "script")
    assert token not in archive.read("account.json").decode()
    assert alice.password not in archive.read("account.json").decode()


def test_a_recording_that_has_two_entries_is_in_it_once(alice: User) -> None:
    entry = rows.entry(alice, "Hi.")
    Transcription.objects.create(
        user=alice, transcript=entry.transcript, title="Again", file_name="b.wav", created_at=timezone.now()
    )
    archive = opened(make(alice))
    assert [name for name in archive.namelist() if name.startswith("recordings/")] == ["recordings/00001 Talk.wav"]
    assert json.loads(archive.read("transcripts/00002 Again/entry.json"))["recording"] == "recordings/00001 Talk.wav"


def test_a_recording_that_is_not_kept_and_an_unfinished_text_do_no_harm(alice: User) -> None:
    gone, lost = rows.entry(alice, "Hi."), rows.entry(alice, state=Transcript.State.FAILED)
    Media.objects.filter(pk=gone.transcript.media_id).update(storage_key="")
    storage.delete(lost.transcript.media.storage_key)
    archive = opened(make(alice))
    assert not [name for name in archive.namelist() if name.startswith("recordings/")]
    assert json.loads(archive.read("transcripts/00001 Talk/entry.json"))["recording"] == ""


def test_the_same_memory_for_a_large_recording(alice: User) -> None:
    entry = rows.entry(alice, "Hi.")
    key = entry.transcript.media.storage_key
    storage.write(key, os.urandom(1024) * 65_536)
    Media.objects.update(size_bytes=64 * 1024**2)
    tracemalloc.start()
    made = make(alice)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made.size_bytes > 64 * 1024**2
    assert most < 16 * 1024**2


def test_how_far_it_is_is_written_down_and_others_are_helped_meanwhile(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeout, "STEP_SECONDS", 0.0)
    rows.entry(alice, "Hi.")
    seen = []
    takeout.ask(user=alice, now=timezone.now())
    takeout.make_next(lambda: False, lambda: seen.append(Takeout.objects.get().made_bytes))
    assert seen == sorted(seen)
    assert seen[-1] >= Takeout.objects.get().all_bytes > 0


def test_whoever_is_told_to_end_leaves_it_to_the_next(alice: User) -> None:
    rows.entry(alice, "Hi.")
    takeout.ask(user=alice, now=timezone.now())
    takeout.make_next(lambda: True, lambda: None)
    row = Takeout.objects.get()
    assert (row.state, row.attempts, row.lease_owner) == ("waiting", 0, "")
    assert not list(Path(django_settings.TEMP_DIR).rglob("*.zip"))
    assert takeout.make_next(lambda: False, lambda: None)
    assert Takeout.objects.get().state == "done"


def test_one_that_is_removed_meanwhile_leaves_nothing(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takeout, "STEP_SECONDS", 0.0)
    rows.entry(alice, "Hi.")
    takeout.ask(user=alice, now=timezone.now())
    takeout.make_next(lambda: False, lambda: takeout.remove(user=alice))
    assert not Takeout.objects.exists()
    assert not list(storage.files("takeouts"))


def test_asked_for_again_the_old_one_goes(alice: User) -> None:
    old = make(alice)
    new = make(alice)
    assert new.pk != old.pk
    assert not storage.exists(old.storage_key)
    assert storage.exists(new.storage_key)


def test_asked_for_twice_it_is_made_once(alice: User) -> None:
    for _ in range(2):
        takeout.ask(user=alice, now=timezone.now())
    assert takeout.make_next(lambda: False, lambda: None)
    assert not takeout.make_next(lambda: False, lambda: None)


def test_it_waits_where_there_is_no_room_and_gives_up_after_too_many_deaths(alice: User, settings: Settings) -> None:
    takeout.ask(user=alice, now=timezone.now())
    settings.MIN_FREE_BYTES = 1 << 60
    takeout.make_next(lambda: False, lambda: None)
    assert Takeout.objects.get().attempts == 0
    Takeout.objects.update(attempts=3, lease_expires_at=None)
    takeout.make_next(lambda: False, lambda: None)
    row = Takeout.objects.get()
    assert (row.state, row.error_code) == ("failed", "takeout_failed")


def test_the_clean_up_removes_it_in_time(alice: User) -> None:
    made, soon = make(alice), timezone.now()
    cleaned = clean.clean_up(now=soon)
    assert cleaned
    assert cleaned.renditions == 0
    cleaned = clean.clean_up(now=soon + timedelta(hours=django_settings.EXPORT_KEEP_HOURS, minutes=1))
    assert cleaned
    assert (cleaned.renditions, cleaned.freed_bytes >= made.size_bytes) == (1, True)
    assert not storage.exists(made.storage_key)
    assert not Takeout.objects.exists()


def test_the_inventory_knows_it(alice: User) -> None:
    made, later = make(alice), timezone.now() + timedelta(days=2)
    found = inventory.take(later, repair=False)
    assert (found.kinds["takeouts"].size_bytes, found.orphans) == (made.size_bytes, 0)
    storage.write(storage.takeout_key(made.pk + 1), b"nobody's")
    storage.delete(made.storage_key)
    found = inventory.take(later, repair=True)
    assert (found.files_without_row, found.rows_without_file) == (
        [storage.takeout_key(made.pk + 1)],
        [made.storage_key],
    )
    assert found.orphans == 0
    assert not Takeout.objects.exists()


def test_a_dead_worker_loses_it(alice: User) -> None:
    takeout.ask(user=alice, now=timezone.now())
    lease = claim(takeout.waiting(), timezone.now())
    assert lease
    Takeout.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert takeout.make_next(lambda: False, lambda: None)
    assert not lease.is_ours()
