"""The queue in front of a model: who asks together is served together, and nobody for another's fault."""

import threading
import time
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from transcriptions.engine import batching
from transcriptions.engine.batching import Batcher
from transcriptions.engine.decoding import Hypothesis, Request


class Scripted:
    """A model that answers with the length it was given, in `seconds`, and fails as it is told."""

    is_multilingual = True

    def __init__(self, seconds: float = 0.0, room: int = 99, error: type[Exception] = MemoryError) -> None:
        self.seconds, self.room, self.error = seconds, room, error
        self.batches: list[list[int]] = []
        self.poison = 0

    def features(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return samples

    def tokens(self, text: str) -> tuple[int, ...]:
        return ()

    def languages(self, features: Sequence[NDArray[np.float32]]) -> list[dict[str, float]]:
        return [{"en": 1.0} for _ in features]

    def decode(self, requests: Sequence[Request]) -> list[Hypothesis]:
        time.sleep(self.seconds)
        if len(requests) > self.room:
            raise self.error("CUDA failed with error out of memory")
        if any(request.frames == self.poison for request in requests):
            raise RuntimeError("a broken window")
        self.batches.append([request.frames for request in requests])
        return [Hypothesis((request.frames,), (), 0.0, 0.0) for request in requests]


def request(frames: int, language: str = "en", beam_size: int = 2) -> Request:
    return Request(np.zeros((80, frames), np.float32), language, beam_size=beam_size)


def lengths(answers: Sequence[Hypothesis]) -> list[int]:
    return [answer.tokens[0] for answer in answers]


def together(batcher: Batcher, *asked: tuple[list[Request], float]) -> list[list[int]]:
    """Everybody asks while the model is busy with a first request."""
    answers: list[list[int]] = [[] for _ in asked]

    def ask(index: int, requests: list[Request], rank: float) -> None:
        answers[index] = lengths(batcher.decode(requests, rank))

    busy = threading.Thread(target=batcher.decode, args=([request(1)], 0.0))
    threads = [threading.Thread(target=ask, args=(index, *one)) for index, one in enumerate(asked)]
    busy.start()
    time.sleep(0.05)
    for thread in threads:
        thread.start()
    for thread in (busy, *threads):
        thread.join(10)
    return answers


def test_what_many_ask_at_once_is_decoded_together() -> None:
    model = Scripted(0.2)
    asked = [([request(100 + index)], 1.0) for index in range(5)]
    assert together(Batcher(model, 8), *asked) == [[100], [101], [102], [103], [104]]
    assert [len(batch) for batch in model.batches] == [1, 5]


def test_a_batch_is_never_larger_than_it_may_be() -> None:
    model = Scripted()
    batcher = Batcher(model, 3)
    assert lengths(batcher.decode([request(frames) for frames in range(1, 8)])) == list(range(1, 8))
    assert [len(batch) for batch in model.batches] == [3, 3, 1]
    assert (batcher.figures().batches, batcher.figures().windows) == (3, 7)


def test_the_most_urgent_goes_first_and_takes_its_likes_along() -> None:
    model = Scripted(0.2)
    long, short = [request(frames) for frames in (250, 260)], [request(270)]
    together(Batcher(model, 2), (long, 3600.0), (short, 5.0))
    assert [sorted(batch) for batch in model.batches] == [[1], [250, 270], [260]]


def test_a_long_recording_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "RANK_A_SECOND", 100_000.0)
    model = Scripted(0.1)
    batcher = Batcher(model, 1)
    threads = [threading.Thread(target=batcher.decode, args=([request(1)], 0.0))]
    threads += [threading.Thread(target=batcher.decode, args=([request(1500)], 3600.0))]
    threads += [threading.Thread(target=batcher.decode, args=([request(300)], 5.0)) for _ in range(3)]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    for thread in threads:
        thread.join(10)
    assert model.batches.index([1500]) == 1


def test_languages_are_found_while_everybody_recognises() -> None:
    model = Scripted(0.05)
    batcher = Batcher(model, 1)
    stop = threading.Event()

    def recognise() -> None:
        while not stop.is_set():
            batcher.decode([request(100)])

    threads = [threading.Thread(target=recognise) for _ in range(4)]
    for thread in threads:
        thread.start()
    started = time.monotonic()
    batcher.languages(np.zeros((80, 5), np.float32))
    assert time.monotonic() - started < 2
    stop.set()
    for thread in threads:
        thread.join(10)


def test_a_language_waits_for_a_batch_or_two_however_much_was_asked_before() -> None:
    model = Scripted(0.01)
    batcher = Batcher(model, 2, slots=2)
    stop = threading.Event()

    def recognise() -> None:
        while not stop.is_set():
            batcher.decode([request(100)] * 6)

    threads = [threading.Thread(target=recognise) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(model.batches) < 100:
        time.sleep(0.01)
    before = len(model.batches)
    batcher.languages(np.zeros((80, 5), np.float32))
    meanwhile = len(model.batches) - before
    stop.set()
    for thread in threads:
        thread.join(10)
    assert meanwhile <= 6


def test_only_one_kind_shares_a_batch() -> None:
    model = Scripted(0.2)
    kinds = [([request(100, language)], 1.0) for language in ("en", "pt", "en", "pt")]
    together(Batcher(model, 8), *kinds, ([request(100, beam_size=5)], 1.0))
    assert sorted(map(len, model.batches)) == [1, 1, 2, 2]


@pytest.mark.parametrize("error", [MemoryError, RuntimeError])
def test_out_of_memory_makes_smaller_batches_and_loses_nothing(error: type[Exception]) -> None:
    model = Scripted(room=3, error=error)
    batcher = Batcher(model, 16)
    assert lengths(batcher.decode([request(frames) for frames in range(1, 17)])) == list(range(1, 17))
    assert batcher.figures().at_most == 2
    batcher.decode([request(5)] * 4)
    assert max(map(len, model.batches)) == 2


def test_one_that_fails_fails_alone() -> None:
    model = Scripted(0.2)
    model.poison = 666
    batcher = Batcher(model, 8)
    failures: list[str] = []

    def ask_for_trouble() -> None:
        try:
            batcher.decode([request(666)])
        except RuntimeError as error:
            failures.append(str(error))

    trouble = threading.Thread(target=ask_for_trouble)
    busy = threading.Thread(target=batcher.decode, args=([request(1)],))
    busy.start()
    time.sleep(0.05)
    trouble.start()
    assert lengths(batcher.decode([request(7)])) == [7]
    trouble.join(10)
    assert failures == ["a broken window"]
    assert batcher.figures().at_most == 8
    assert lengths(batcher.decode([request(8)])) == [8]


def test_no_memory_for_even_one_is_an_error() -> None:
    with pytest.raises(MemoryError):
        Batcher(Scripted(room=0), 4).decode([request(9), request(8)])


def test_languages_are_asked_of_the_same_threads() -> None:
    batcher = Batcher(Scripted(), 4)
    assert batcher.languages(np.zeros((80, 5), np.float32)) == {"en": 1.0}


def test_batches_are_decoded_at_the_same_time_and_shared_out() -> None:
    model = Scripted(0.3)
    batcher = Batcher(model, 8, slots=2)
    started = time.monotonic()
    assert lengths(batcher.decode([request(frames) for frames in (10, 20, 30, 40)])) == [10, 20, 30, 40]
    assert time.monotonic() - started < 0.55
    assert sorted(map(sorted, model.batches)) == [[10, 20], [30, 40]]
    assert batcher.windows_at_once == 16
