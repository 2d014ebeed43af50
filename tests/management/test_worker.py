"""Real workers in processes of their own: they work, load the model once, end when told, and survive being killed."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from tests import speech
from tests.conftest import Accept
from tests.management.commands import MANAGE, environment, services_here
from transcriptions import storage
from transcriptions.models import ModelWish, Shard, Transcript, WorkerProcess
from transcriptions.worker import WISH_SECONDS
from transcriptions.workflow import lines, wishes
from transcriptions.workflow.prepare import prepare_next

pytestmark = pytest.mark.django_db(transaction=True)

START_SECONDS = 30
WORK_SECONDS = 60
END_SECONDS = 10
SPOKEN = {  # a word that is heard well, and its sentence
    "library": "The committee met on Monday to discuss the new library.",
    "plans": "Nobody had read the plans before the meeting began.",
    "spring": "It was agreed to visit the building in the spring.",
    "coffee": "At the end everybody drank coffee in the garden.",
    "september": "The next meeting will take place in September.",
}


@contextmanager
def worker(kind: str, **changes: str) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py worker`, from its start until it waits for work."""
    before = WorkerProcess.objects.count()
    process = subprocess.Popen([*MANAGE, "worker", kind], env=environment(**(changes or services_here())))
    try:
        until(lambda: WorkerProcess.objects.count() > before or process.poll() is not None, START_SECONDS)
        yield process
    finally:
        process.kill()
        process.wait()


def until(happened: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.01)


def state(transcript: Transcript) -> str:
    transcript.refresh_from_db()
    return transcript.state


def said(transcript: Transcript) -> str:
    return " ".join(segment.text for segment in lines.every(transcript.transcriptions.earliest("pk"))).lower()


@pytest.fixture(scope="module")
def report(recordings: Path) -> Path:
    """Its pauses are long, so that each sentence is recognised by itself and the whole takes seconds."""
    pcm = b"".join(speech.speak(sentence) + speech.silence(5) for sentence in SPOKEN.values())
    return speech.write_wav(recordings / "report.wav", pcm)


def test_two_files_are_done_with_one_load_and_the_workers_end_when_told(
    alice: User, accept: Accept, spoken: Path
) -> None:
    with worker("media") as media, worker("speech") as recogniser:
        done = [accept(alice, spoken, language=language).transcript for language in ("", "en")]
        until(lambda: all(state(transcript) == Transcript.State.DONE for transcript in done), WORK_SECONDS)
        assert ["budget" in said(transcript) for transcript in done] == [True, True]
        row = WorkerProcess.objects.get(kind="speech")
        until(lambda: WorkerProcess.objects.get(pk=row.pk).jobs_done >= 2, WORK_SECONDS)
        row.refresh_from_db()
        assert (row.pid, row.model_loads) == (recogniser.pid, 1)
        assert row.model_uses >= 1 + Shard.objects.filter(state=Shard.State.DONE).count()
        assert [name.split()[0] for name in row.models_held] == ["tiny.en"]
        assert WorkerProcess.objects.get(kind="media").model_loads == 0

        for process in (media, recogniser):
            process.terminate()
        for process in (media, recogniser):
            assert process.wait(END_SECONDS) == 0
        assert not WorkerProcess.objects.exists()


def test_it_lets_go_of_its_model_and_loads_it_again_when_it_is_told() -> None:
    with worker("speech"):
        row = WorkerProcess.objects.get()
        wishes.ask(workers=[row], kind=ModelWish.Kind.UNLOAD, model="", now=timezone.now())
        until(lambda: not WorkerProcess.objects.get().models_held, WISH_SECONDS + 10)
        wishes.ask(workers=[row], kind=ModelWish.Kind.LOAD, model="", now=timezone.now())
        until(lambda: len(WorkerProcess.objects.get().models_held) == 1, WISH_SECONDS + 10)
        row.refresh_from_db()
        assert row.model_loads == 2
        assert not wishes.waiting(timezone.now()).exists()


def test_a_media_worker_cleans_up_now_and_then(media_left_behind: Path) -> None:
    changes = {**services_here(), "CLEANUP_INTERVAL_MINUTES": "0.02"}
    with worker("media", **changes):
        for _ in range(2):
            media_left_behind.mkdir(parents=True)
            until(lambda: not media_left_behind.exists(), WORK_SECONDS)


def test_where_cron_does_it_no_worker_cleans_up(
    media_left_behind: Path, alice: User, accept: Accept, silent: Path
) -> None:
    media_left_behind.mkdir(parents=True)
    with worker("media", **services_here(), ENABLE_PERIODIC_CLEANUP="false"):
        transcript = accept(alice, silent).transcript
        until(lambda: state(transcript) == Transcript.State.DONE, WORK_SECONDS)
    assert media_left_behind.exists()


@pytest.fixture
def media_left_behind() -> Path:
    """The folder of sound of a transcript that is gone."""
    return storage.path(storage.shard_folder(999_999))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_that_ends_in_mid_file_loses_nothing(
    alice: User, accept: Accept, report: Path, number: signal.Signals
) -> None:
    transcript = accept(alice, report).transcript
    prepare_next(lambda: False)
    begun = transcript.shards.filter(state=Shard.State.OFFERED, segments__position__gte=0).exclude(lease_owner="")
    with worker("speech") as ended:
        until(begun.exists, WORK_SECONDS)
        ended.send_signal(number)
        assert ended.wait(END_SECONDS) == (0 if number == signal.SIGTERM else -number)
    assert state(transcript) == Transcript.State.RECOGNISING
    assert WorkerProcess.objects.exists() == begun.exists() == (number == signal.SIGKILL)
    kept = list(transcript.segments.order_by("pk").values_list("pk", "text"))
    with worker("speech"):
        until(lambda: state(transcript) == Transcript.State.DONE, WORK_SECONDS)
        # its sound goes after the commit
        until(lambda: not storage.path(storage.shard_folder(transcript.pk)).exists(), END_SECONDS)
    assert_nothing_lost_or_doubled(transcript, kept)


def assert_nothing_lost_or_doubled(transcript: Transcript, kept: list[tuple[int, str]]) -> None:
    assert list(transcript.segments.order_by("pk").values_list("pk", "text"))[: len(kept)] == kept
    places = list(transcript.segments.values_list("shard__index", "position"))
    assert len(places) == len(set(places))
    assert {word: said(transcript).count(word) for word in SPOKEN} == dict.fromkeys(SPOKEN, 1)
    assert transcript.recognised_seconds == pytest.approx(transcript.duration_seconds)


def test_a_worker_without_its_model_says_so(tmp_path: Path) -> None:
    empty = environment(**services_here(), WHISPER_MODEL_DIR=str(tmp_path))
    words = [*MANAGE, "worker", "speech", "--skip-checks"]
    result = subprocess.run(words, env=empty, capture_output=True, text=True, check=False, timeout=START_SECONDS)
    assert result.returncode == 1
    assert "The recognition model is not installed on the server." in result.stderr
    assert "Traceback" not in result.stderr
    assert not WorkerProcess.objects.exists()


def test_a_kind_nobody_knows_is_refused() -> None:
    with pytest.raises(CommandError, match="invalid choice: 'other'"):
        call_command("worker", "other")
