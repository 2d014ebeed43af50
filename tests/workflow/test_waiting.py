"""No room on the disk, or S3 away: the work waits, counts no attempt, and goes on by itself."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import django_rq
import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.conftest import Accept
from transcribe_site import storage_url
from transcriptions import storage
from transcriptions.engine.model_pool import ModelPool
from transcriptions.models import Shard, Transcript
from transcriptions.workflow import lease, retain
from transcriptions.workflow.prepare import prepare_next
from transcriptions.workflow.process import process_next

pytestmark = pytest.mark.django_db(transaction=True)

AWAY = "s3+http://key:secret@127.0.0.1:9/recordings"


def go_on() -> bool:
    return False


def let_time_pass() -> None:
    for model in (Transcript, Shard):
        model._default_manager.exclude(lease_expires_at=None).update(lease_expires_at=timezone.now())


def assert_rests(work: Transcript | Shard, *, attempts: int = 0) -> None:
    work.refresh_from_db()
    assert (work.lease_owner, work.attempts) == ("", attempts)
    assert work.lease_expires_at
    assert work.lease_expires_at > timezone.now()


def test_below_the_limit_nothing_is_prepared(alice: User, accept: Accept, spoken: Path, settings: Settings) -> None:
    transcript = accept(alice, spoken).transcript
    usual, settings.MIN_FREE_BYTES = settings.MIN_FREE_BYTES, 2**62
    for _ in range(lease.MAX_ATTEMPTS + 2):
        assert not prepare_next(go_on)
    transcript.refresh_from_db()
    assert (transcript.state, transcript.attempts) == (Transcript.State.QUEUED, 0)
    settings.MIN_FREE_BYTES = usual
    assert prepare_next(go_on)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_in_the_middle_is_waited_for(
    alice: User,
    accept: Accept,
    long_spoken: Path,
    work: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    transcript = accept(alice, long_spoken).transcript
    write_bytes = Path.write_bytes

    def full_after_the_first(path: Path, content: bytes) -> int:
        if not path.name.startswith("0."):
            raise OSError(number, os.strerror(number))
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", full_after_the_first)
    for _ in range(lease.MAX_ATTEMPTS + 2):
        assert prepare_next(go_on)
        assert_rests(transcript)
        assert not prepare_next(go_on)  # it rests
        let_time_pass()
    assert transcript.shards.count() == 1
    assert not list(storage.path("shards").rglob("*.new"))
    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    django_rq.get_connection("media").flushdb()
    retain.sweep(timezone.now())
    assert django_rq.get_queue("media").count == 1
    work()
    transcript.refresh_from_db()
    assert transcript.state == Transcript.State.DONE


def test_preparing_waits_for_s3(alice: User, accept: Accept, spoken: Path, settings: Settings) -> None:
    transcript = accept(alice, spoken).transcript
    settings.S3 = storage_url.s3(AWAY)
    for _ in range(lease.MAX_ATTEMPTS + 1):
        assert prepare_next(go_on)
        assert_rests(transcript)
        let_time_pass()
    assert transcript.state == Transcript.State.PREPARING


def test_recognising_waits_for_s3(
    alice: User, accept: Accept, spoken: Path, pool: ModelPool, work: Callable[[], None], settings: Settings
) -> None:
    transcript = accept(alice, spoken).transcript
    prepare_next(go_on)
    settings.S3 = storage_url.s3(AWAY)
    for _ in range(lease.MAX_ATTEMPTS + 1):
        assert process_next(pool, go_on)
        assert_rests(transcript.shards.get())
        let_time_pass()
    settings.S3 = {}
    work()
    transcript.refresh_from_db()
    assert transcript.state == Transcript.State.DONE
