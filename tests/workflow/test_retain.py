"""The sweep and the clean-up: what is lost comes back, what is old goes, what is in use stays."""

import os
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django_rq
import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.conftest import Accept
from transcriptions import storage
from transcriptions.engine.model_pool import ModelPool
from transcriptions.models import Media, Shard, Transcript, WorkerProcess
from transcriptions.workflow import history, lease, retain
from transcriptions.workflow.prepare import prepare_next

pytestmark = pytest.mark.django_db(transaction=True)


def lose_redis() -> None:
    django_rq.get_connection("media").flushdb()


def counts() -> tuple[int, int]:
    return django_rq.get_queue("media").count, django_rq.get_queue("speech").count


def test_lost_wake_ups_come_back(alice: User, accept: Accept, spoken: Path, long_spoken: Path) -> None:
    accept(alice, spoken)
    prepare_next(lambda: False)
    accept(alice, long_spoken)
    lose_redis()
    retain.sweep(timezone.now())
    assert counts() == (1, 1)
    retain.sweep(timezone.now())
    assert counts() == (1, 1)


def test_work_that_is_held_is_not_woken_twice(alice: User, accept: Accept, spoken: Path) -> None:
    accept(alice, spoken)
    lose_redis()
    held = lease.claim(Transcript.objects.all(), timezone.now())
    assert held
    retain.sweep(timezone.now())
    assert counts() == (0, 0)
    retain.sweep(timezone.now() + timedelta(seconds=django_settings.LEASE_SECONDS + 1))
    assert counts() == (1, 0)


def test_a_dead_process_loses_its_lease_at_once(alice: User, accept: Accept, spoken: Path) -> None:
    accept(alice, spoken)
    prepare_next(lambda: False)
    held = lease.claim(Shard.objects.all(), timezone.now())
    assert held
    gone = subprocess.Popen(["true"])
    gone.wait()
    host, _, rest = held.owner.split(":")
    Shard.objects.update(lease_owner=f"{host}:{gone.pid}:{rest}")
    lose_redis()
    retain.sweep(timezone.now())
    assert counts() == (0, 1)
    assert lease.claim(Shard.objects.all(), timezone.now())


def test_a_finish_that_was_killed_is_made_up_for(
    alice: User, accept: Accept, spoken: Path, pool: ModelPool, work: Callable[[], None]
) -> None:
    transcript = accept(alice, spoken).transcript
    work()
    Transcript.objects.update(state=Transcript.State.RECOGNISING, finished_at=None)
    retain.sweep(timezone.now())
    transcript.refresh_from_db()
    assert transcript.state == Transcript.State.DONE


def test_silent_workers_are_forgotten() -> None:
    now = timezone.now()
    for name, age in (("alive", 10), ("gone", 500)):
        WorkerProcess.objects.create(
            name=name, kind="media", host="h", pid=1, started_at=now, beat_at=now - timedelta(seconds=age)
        )
    retain.sweep(now)
    assert WorkerProcess.objects.get().name == "alive"


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
    assert retain.clean_up(now).transcripts == 2
    assert set(Transcript.objects.values_list("pk", flat=True)) == {made[0].transcript_id, made[3].transcript_id}


def test_bytes_go_with_the_last_that_needs_them(alice: User, accept: Accept, spoken: Path) -> None:
    for state in (Transcript.State.DONE, Transcript.State.QUEUED):
        Transcript.objects.filter(pk=accept(alice, spoken, language="pt").transcript_id).update(state=state)
        User.objects.filter(pk=alice.pk).delete()
        retain.clean_up(timezone.now())
        assert [path for path in storage.path("media").rglob("*") if path.is_file()] == []
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
    assert retain.clean_up(timezone.now()).temporary_files == 1
    assert sorted(entry.name for entry in folder.iterdir()) == ["new", "still arriving"]
