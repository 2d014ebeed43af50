"""Resident models: one load serves many, what is idle goes, what is used stays."""

import threading
from pathlib import Path

import pytest

from tests.engine.test_batching import Scripted
from transcriptions.engine.batching import Batcher
from transcriptions.engine.device import Device
from transcriptions.engine.model_pool import ModelKey, ModelPool

KEY = ModelKey(Path("/models/small"), Device("cpu", "int8"))
OTHER = ModelKey(Path("/models/large"), Device("cpu", "int8"))


def test_many_threads_load_a_model_once() -> None:
    loaded: list[ModelKey] = []

    def load(key: ModelKey) -> Batcher:
        loaded.append(key)
        return Batcher(Scripted(), 8)

    pool = ModelPool(load)
    got = []

    def use() -> None:
        with pool.use(KEY) as batcher:
            got.append(batcher)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loaded) == len(set(map(id, got))) == 1
    assert (pool.figures().loads, pool.figures().uses) == (1, 8)


def test_an_idle_model_is_unloaded_and_a_used_one_is_not() -> None:
    pool = ModelPool(lambda key: Batcher(Scripted(), 8))
    with pool.use(OTHER):
        pass
    with pool.use(KEY):
        assert pool.unload_idle(0) == 1
        assert pool.figures().held == ("small (cpu, int8)",)
    assert pool.unload_idle(3600) == 0
    assert pool.unload_idle(0) == 1
    assert pool.figures().unloads == 2


def test_a_model_that_does_not_load_is_not_held() -> None:
    def fail(key: ModelKey) -> Batcher:
        raise RuntimeError("no room")

    pool = ModelPool(fail)
    with pytest.raises(RuntimeError), pool.use(KEY):
        pass
    assert pool.figures().held == ()


def test_while_one_is_loaded_another_can_be_used() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def load(key: ModelKey) -> Batcher:
        if key == OTHER:
            begun.set()
            assert go_on.wait(10)
        return Batcher(Scripted(), 8)

    def use_the_other() -> None:
        with pool.use(OTHER):
            pass

    pool = ModelPool(load)
    with pool.use(KEY):
        thread = threading.Thread(target=use_the_other)
        thread.start()
        assert begun.wait(10)
        with pool.use(KEY):
            assert pool.figures().held == ("small (cpu, int8)",)
        go_on.set()
        thread.join()
    assert pool.figures().held == ("small (cpu, int8)", "large (cpu, int8)")


def test_one_that_is_to_go_goes_with_its_last_user() -> None:
    pool = ModelPool(lambda key: Batcher(Scripted(), 8))
    with pool.use(OTHER):
        pass
    with pool.use(KEY):
        assert pool.unload("small") == 0
        assert len(pool.figures().held) == 2
    assert pool.figures().held == ("large (cpu, int8)",)
    assert pool.unload() == 1
    assert pool.figures().held == ()
    assert pool.figures().unloads == 2


def test_one_that_is_wanted_again_does_not_go() -> None:
    pool = ModelPool(lambda key: Batcher(Scripted(), 8))
    with pool.use(KEY):
        pool.unload()
        with pool.use(KEY):
            pass
    assert pool.figures().held == ("small (cpu, int8)",)
    assert pool.figures().loads == 1
