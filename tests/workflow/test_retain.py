"""The sweep: what is lost comes back, and what is held stays with its holder."""

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django_rq
import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from accounts.models import User
from tests.conftest import Accept
from transcriptions import processes, temporary
from transcriptions.engine.model_pool import ModelPool
from transcriptions.models import Shard, Transcript, WorkerProcess
from transcriptions.workflow import lease, retain
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
    host, _, start, rest = held.owner.split(":")
    Shard.objects.update(lease_owner=f"{host}:{gone.pid}:{start}:{rest}")
    lose_redis()
    retain.sweep(timezone.now())
    assert counts() == (0, 1)
    assert lease.claim(Shard.objects.all(), timezone.now())


def test_a_process_with_the_number_of_a_dead_one_does_not_keep_its_lease(
    alice: User, accept: Accept, spoken: Path
) -> None:
    accept(alice, spoken)
    held = lease.claim(Transcript.objects.all(), timezone.now())
    assert held
    host, number, start, rest = held.owner.split(":")
    retain.sweep(timezone.now())
    assert not lease.claim(Transcript.objects.all(), timezone.now())
    Transcript.objects.update(lease_owner=f"{host}:{number}:{int(start) - 1}:{rest}")
    retain.sweep(timezone.now())
    assert lease.claim(Transcript.objects.all(), timezone.now())


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


def test_what_the_dead_of_this_host_left_goes_on_every_host() -> None:
    host, number, start = processes.identity().rsplit(":", 2)
    dead, elsewhere = f"{host}:{number}:{int(start) - 1}", f"elsewhere:{number}:{start}"
    for name in (dead, elsewhere):
        Path(django_settings.TEMP_DIR, name, "original-x").mkdir(parents=True)
    with temporary.folder("upload") as ours:
        retain.sweep(timezone.now())
        assert ours.is_dir()
    assert [entry.name for entry in Path(django_settings.TEMP_DIR).iterdir()] == [elsewhere]
