"""What operators want of the models: carried out by the worker that is told or the next of its host, not for ever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from transcriptions.engine.batching import Batcher
from transcriptions.engine.model_pool import ModelKey, ModelPool
from transcriptions.models import ModelWish, WorkerProcess
from transcriptions.workflow import wishes
from transcriptions.workflow.wishes import MAX_ATTEMPTS, STALE_HOURS, carry_out_next

pytestmark = pytest.mark.django_db
LOAD, UNLOAD = ModelWish.Kind.LOAD, ModelWish.Kind.UNLOAD


def worker(name: str, kind: str = "speech", host: str = "here") -> WorkerProcess:
    now = timezone.now()
    return WorkerProcess.objects.create(name=name, kind=kind, host=host, pid=1, started_at=now, beat_at=now)


def ask(kind: ModelWish.Kind, *workers: WorkerProcess, model: str = "") -> None:
    wishes.ask(workers=workers, kind=kind, model=model, now=timezone.now())


@pytest.fixture
def quick(batcher: Batcher) -> ModelPool:
    """A pool of its own, whose models are there already."""
    return ModelPool(lambda key: batcher)


def test_a_model_is_loaded_and_unloaded_once(quick: ModelPool) -> None:
    told = worker("a")
    ask(LOAD, told)
    assert carry_out_next(quick, "a", "here")
    assert [name.split()[0] for name in quick.figures().held] == ["tiny.en"]
    assert not carry_out_next(quick, "a", "here")
    ask(UNLOAD, told, model="tiny.en")
    assert carry_out_next(quick, "a", "here")
    assert quick.figures().held == ()
    assert ModelWish.objects.filter(done_at=None).count() == 0


def test_media_workers_have_no_models_and_are_not_asked(quick: ModelPool) -> None:
    assert wishes.ask(workers=[worker("m", "media")], kind=LOAD, model="", now=timezone.now()) == []
    assert not ModelWish.objects.exists()


def test_another_ones_wish_is_not_carried_out_as_long_as_it_lives(quick: ModelPool) -> None:
    ask(LOAD, worker("a"))
    worker("b")
    assert not carry_out_next(quick, "b", "here")
    WorkerProcess.objects.filter(name="a").delete()
    assert not carry_out_next(quick, "c", "elsewhere")
    assert carry_out_next(quick, "b", "here")


def test_one_that_was_killed_in_it_leaves_it_to_the_next_but_not_for_ever(quick: ModelPool) -> None:
    ask(LOAD, worker("first"))
    for attempt in range(MAX_ATTEMPTS):
        WorkerProcess.objects.all().delete()
        worker(f"next-{attempt}")
        taken = wishes._take(f"next-{attempt}", "here", timezone.now())
        assert taken is not None
        assert taken.attempts == attempt + 1
    WorkerProcess.objects.all().delete()
    assert not carry_out_next(quick, "last", "here")


def test_what_cannot_be_loaded_is_said_and_not_tried_again(quick: ModelPool) -> None:
    ask(LOAD, worker("a"), model="no such model")
    assert carry_out_next(quick, "a", "here")
    assert "model_unavailable" in ModelWish.objects.get().error
    assert not carry_out_next(quick, "a", "here")


def test_what_nobody_has_foreseen_ends_no_worker(caplog: pytest.LogCaptureFixture) -> None:
    def fail(key: ModelKey) -> Batcher:
        raise RuntimeError("CUDA failed with error out of memory")

    ask(LOAD, worker("a"))
    assert carry_out_next(ModelPool(fail), "a", "here")
    assert ModelWish.objects.get().error == "RuntimeError: CUDA failed with error out of memory"
    assert "could not be carried out" in caplog.text


def test_what_was_asked_long_ago_is_expected_no_more(quick: ModelPool) -> None:
    ask(LOAD, worker("a"))
    ModelWish.objects.update(asked_at=timezone.now() - timedelta(hours=STALE_HOURS, seconds=1))
    assert not carry_out_next(quick, "a", "here")
