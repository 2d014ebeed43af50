"""The resident model: words come out, times fit, one load serves many."""

import itertools
import threading
from pathlib import Path
from typing import Any

import pytest

from transcriptions import configuration
from transcriptions.engine import pipeline
from transcriptions.engine.device import Device
from transcriptions.engine.options import Options
from transcriptions.engine.recognise import ModelKey, ModelPool
from transcriptions.engine.values import Segment


def transcribe(file: Path, model: Any, **options: Any) -> list[Segment]:
    chosen = Options(model="tiny.en", **options)
    return list(pipeline.transcribe(file, ffmpeg=configuration.ffmpeg(), model=model, options=chosen).segments)


def test_it_hears_what_was_said(spoken: Path, model: Any) -> None:
    text = " ".join(segment.text for segment in transcribe(spoken, model)).lower()
    for word in ("good morning", "report", "budget", "next year"):
        assert word in text


def test_times_are_of_the_recording_and_in_order(long_spoken: Path, model: Any) -> None:
    segments = transcribe(long_spoken, model)
    assert len(segments) >= 3
    assert segments[-1].start > 25
    for before, after in itertools.pairwise(segments):
        assert before.start <= before.end <= after.start + 0.05
    text = " ".join(segment.text for segment in segments).lower()
    assert "september" in text
    assert text.count("september") == 1


def test_words_have_times_inside_their_segment(spoken: Path, model: Any) -> None:
    (segment, *_) = transcribe(spoken, model, word_timestamps=True)
    assert [word.text.strip(" ,.").lower() for word in segment.words][:2] == ["good", "morning"]
    for word in segment.words:
        assert segment.start <= word.start <= word.end <= segment.end
        assert 0 < word.probability <= 1


def test_silence_has_no_words(silent: Path, model: Any) -> None:
    assert transcribe(silent, model) == []


KEY = ModelKey(Path("/models/small"), Device("cpu", "int8"))
OTHER = ModelKey(Path("/models/large"), Device("cpu", "int8"))


def test_many_threads_load_a_model_once() -> None:
    loaded: list[ModelKey] = []

    def load(key: ModelKey) -> object:
        loaded.append(key)
        return object()

    pool = ModelPool(load)
    got = []

    def use() -> None:
        with pool.use(KEY) as model:
            got.append(model)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loaded) == len(set(map(id, got))) == 1
    assert (pool.statistics().loads, pool.statistics().uses) == (1, 8)


def test_an_idle_model_is_unloaded_and_a_used_one_is_not() -> None:
    pool = ModelPool(lambda key: object())
    with pool.use(OTHER):
        pass
    with pool.use(KEY):
        assert pool.unload_idle(0) == 1
        assert pool.statistics().held == ("small (cpu, int8)",)
    assert pool.unload_idle(3600) == 0
    assert pool.unload_idle(0) == 1
    assert pool.statistics().unloads == 2


def test_a_model_that_does_not_load_is_not_held() -> None:
    def fail(key: ModelKey) -> object:
        raise RuntimeError("no room")

    pool = ModelPool(fail)
    with pytest.raises(RuntimeError), pool.use(KEY):
        pass
    assert pool.statistics().held == ()
