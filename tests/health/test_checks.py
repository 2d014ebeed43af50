"""Each thing broken in turn: it is named, and what helps is said. The rest stays well."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.conftest import Accept
from transcriptions import backlog, configuration, health, machine
from transcriptions.build import BUILD
from transcriptions.health import Finding, State
from transcriptions.models import Routine, WorkerProcess

pytestmark = pytest.mark.django_db(transaction=True)  # the checks look by connections of their own


def check(name: str) -> Finding:
    return health.look(name)[name]


def alive(kind: str, **fields: object) -> WorkerProcess:
    now = timezone.now()
    its = {"host": "here", "pid": 1, "started_at": now, "beat_at": now, "build": BUILD, **fields}
    return WorkerProcess.objects.create(name=f"{kind}-{os.urandom(4).hex()}", kind=kind, **its)


@pytest.fixture
def _all_is_well() -> None:
    alive("media")
    alive("speech")
    Routine.objects.create(name="clean_up", finished_at=timezone.now(), took_seconds=1, host="here")


@pytest.mark.usefixtures("_all_is_well")
def test_where_nothing_is_wrong_nothing_is_to_be_done() -> None:
    found = health.look()
    assert {name: str(finding.said) for name, finding in found.items() if finding.state != State.GOOD} == {}
    assert {str(finding.todo) for finding in found.values()} == {""}


@pytest.mark.parametrize("missing", ["ffmpeg", "ffprobe"])
def test_a_missing_program(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    found = configuration.program
    monkeypatch.setattr(configuration, "program", lambda name: None if name == missing else found(name))
    said = check("ffmpeg")
    assert (said.state, str(said.said)) == (State.BAD, f"There is no {missing} on this host.")
    assert "make install" in str(said.todo)


def test_a_disk_without_room_and_one_that_is_nearly_full(settings: Settings) -> None:
    settings.MIN_FREE_BYTES = 2**62
    assert check("disk").state == State.BAD
    health._asked.clear()
    settings.MIN_FREE_BYTES = int(machine_free() * 0.7)
    assert check("disk").state == State.WARNING
    assert "cleanup_temp" in str(check("disk").todo)


def machine_free() -> int:
    from transcriptions import storage

    return storage.free_bytes()


def test_a_storage_that_cannot_be_written(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.STORAGE_DIR = tmp_path / "file"  # a folder cannot be there
    said = check("storage")
    assert (said.state, "STORAGE_URL" in str(said.todo)) == (State.BAD, True)


def test_a_storage_that_can_be_written_keeps_nothing_of_it(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE_DIR = tmp_path
    assert check("storage").state == State.GOOD
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_wrong_model_folder_and_a_model_that_is_none(settings: Settings, tmp_path: Path) -> None:
    settings.WHISPER_MODEL_DIR = tmp_path
    said = check("model")
    assert (said.state, str(said.said)) == (State.BAD, f"The model tiny.en is not whole in {tmp_path}.")
    assert "manage.py fetch_model tiny.en" in str(said.todo)
    health._asked.clear()
    (tmp_path / "tiny.en").mkdir()
    for name in ("config.json", "model.bin", "tokenizer.json"):
        (tmp_path / "tiny.en" / name).write_text("not a model at all")
    assert "is no Whisper model" in str(check("model").said)


def test_no_worker_one_that_is_silent_and_one_of_other_code() -> None:
    alive("media")
    said = check("workers")
    assert (said.state, "No speech worker is alive" in str(said.said)) == (State.BAD, True)
    health._asked.clear()
    silent = alive("speech", beat_at=timezone.now() - timedelta(minutes=2))
    assert "the last was heard of at" in str(check("workers").said)
    health._asked.clear()
    WorkerProcess.objects.filter(pk=silent.pk).update(beat_at=timezone.now(), build="another")
    said = check("workers")
    assert (said.state, str(said.said)) == (
        State.WARNING,
        "1 media, 1 speech; 1 run other code than this process.",
    )


def test_work_that_waits_for_long(alice: User, accept: Accept, silent: Path) -> None:
    transcript = accept(alice, silent).transcript
    now = timezone.now()
    waits = backlog.waiting(now + timedelta(seconds=60))["media"]
    assert (waits.jobs, round(waits.audio_seconds), round(waits.oldest_seconds, -1)) == (1, 8, 60)
    assert check("queue").state == State.GOOD
    health._asked.clear()
    type(transcript).objects.filter(pk=transcript.pk).update(created_at=now - timedelta(hours=1))
    assert check("queue").state == State.WARNING


def test_a_clean_up_that_was_missed() -> None:
    assert check("clean_up").state == State.WARNING
    health._asked.clear()
    long_ago = timezone.now() - timedelta(hours=4)
    Routine.objects.create(name="clean_up", finished_at=long_ago, took_seconds=1, host="here")
    said = check("clean_up")
    assert (said.state, "manage.py cleanup_temp" in str(said.todo)) == (State.WARNING, True)


def test_a_gpu_that_is_wanted_and_not_there(settings: Settings) -> None:
    settings.WHISPER_DEVICE = "cuda"
    assert check("gpu").state == State.WARNING


def test_what_nvidias_program_says_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho '0, NVIDIA L4, 23034, 1034, 57'\necho '1, NVIDIA L4, 23034, 0, [N/A]'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    one, other = machine.gpus()
    assert (one.name, one.used_bytes, one.busy) == ("NVIDIA L4", 1034 * 1024**2, 0.57)
    assert (other.index, other.busy) == (1, 0.0)
    assert "NVIDIA L4" in str(check("gpu").said)
