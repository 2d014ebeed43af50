"""Options: what Whisper does not know is refused, what changes the text changes the fingerprint."""

import json
from dataclasses import asdict, fields
from typing import Any

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES

from transcriptions.engine.device import Device, DeviceFacts, choose, default_model, slots, windows_a_batch
from transcriptions.engine.options import LANGUAGES, Options


def test_the_languages_are_whispers() -> None:
    assert set(LANGUAGES) == set(_LANGUAGE_CODES)


OTHERS: dict[str, Any] = {
    "model": "small", "language": "pt", "task": "translate", "preset": "fast", "multilingual": True,
    "initial_prompt": "Minutes.", "hotwords": "Scriberr", "beam_size": 3, "temperatures": (0.5,),
    "word_timestamps": False, "speech_threshold": 0.6, "silence_threshold": 0.2, "track": 1,
    "live": True, "temperature": 0.4,
}  # fmt: skip


def test_every_option_changes_the_fingerprint() -> None:
    assert set(OTHERS) == {field.name for field in fields(Options)}
    variants = [Options("base"), *(Options(**{"model": "base", name: value}) for name, value in OTHERS.items())]
    assert len({options.fingerprint() for options in variants}) == len(variants)
    assert Options("base").fingerprint() == Options("base").fingerprint()
    assert Options("base").fingerprint("one") != Options("base").fingerprint("two")


def test_the_same_options_of_the_same_engine_are_called_the_same() -> None:
    assert Options("base").fingerprint() == "07ba48d19fcdfbadb2e2241d1e6e19efe8b34711066b154b64678213aaaa2c0b"


def test_a_row_keeps_them_whole() -> None:
    options = Options(**OTHERS)
    again = Options(**json.loads(json.dumps(asdict(options))))
    assert again == options
    assert again.fingerprint() == options.fingerprint()


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "xx"}, {"task": "sing"}, {"beam_size": 0}, {"preset": "best"}, {"temperatures": (0.0,)},
        {"temperatures": (1.5,)}, {"initial_prompt": "x" * 1001}, {"hotwords": "x" * 1001}, {"track": -1},
        {"speech_threshold": 1.0}, {"silence_threshold": 0.0}, {"speech_threshold": 0.3, "silence_threshold": 0.4},
    ],
)  # fmt: skip
def test_it_refuses_what_whisper_does_not_know(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Options("base", **wrong)


def test_what_is_chosen_goes_before_the_preset() -> None:
    assert Options("base", preset="accurate").effort.beam_size == 5
    chosen = Options("base", preset="accurate", beam_size=1, temperatures=())
    assert (chosen.effort.beam_size, chosen.effort.temperatures) == (1, ())
    assert chosen.effort.doubts == Options("base", preset="accurate").effort.doubts


@pytest.mark.parametrize(
    ("facts", "device", "compute_type", "model"),
    [
        (DeviceFacts(), "cpu", "int8", "base"),
        (DeviceFacts(1, 20 * 1024**3), "cuda", "float16", "large-v3-turbo"),
        (DeviceFacts(1, 2 * 1024**3), "cuda", "int8_float16", "large-v3-turbo"),
    ],
)
def test_auto_follows_the_machine(facts: DeviceFacts, device: str, compute_type: str, model: str) -> None:
    chosen = choose("auto", "auto", gather=lambda index: facts)
    assert (chosen.name, chosen.compute_type, default_model(chosen)) == (device, compute_type, model)


def test_what_is_named_is_taken() -> None:
    assert choose("cpu", "float32", gather=lambda index: DeviceFacts(1)).compute_type == "float32"
    assert choose("cuda", "float16", gather=lambda index: DeviceFacts()).name == "cuda"


def test_a_machine_with_two_gpus_can_be_told_which() -> None:
    asked: list[int] = []

    def gather(index: int) -> DeviceFacts:
        asked.append(index)
        return DeviceFacts(2, 20 * 1024**3)

    second = choose("auto", "auto", 1, gather)
    assert (second, asked) == (Device("cuda", "float16", 1), [1])
    assert str(second) == "cuda:1, float16"
    assert choose("auto", "auto", 1, lambda index: DeviceFacts()).index == 0


GIGABYTE = 1024**3


@pytest.mark.parametrize(
    ("device", "model_bytes", "free_bytes", "windows"),
    [
        ("cpu", 8 * GIGABYTE, 0, 1),
        ("cuda", GIGABYTE, 40 * GIGABYTE, 32),
        ("cuda", 3 * GIGABYTE, 4 * GIGABYTE, 11),
        ("cuda", 3 * GIGABYTE, GIGABYTE // 8, 1),
        ("cuda", GIGABYTE, 0, 8),  # a GPU that does not say
    ],
)
def test_a_batch_is_as_large_as_the_free_memory_allows(
    device: str, model_bytes: int, free_bytes: int, windows: int
) -> None:
    chosen = Device(device, "int8")
    assert windows_a_batch(chosen, model_bytes, lambda index: DeviceFacts(1, free_bytes)) == windows


@pytest.mark.parametrize(("cores", "at_once"), [(1, 1), (2, 2), (4, 4), (64, 4)])
def test_each_core_has_a_batch_of_its_own(cores: int, at_once: int) -> None:
    assert slots(Device("cpu", "int8"), cores) == at_once
    assert slots(Device("cuda", "float16"), cores) == 1


def test_batches_share_the_memory_there_is_for_them() -> None:
    cpu = Device("cpu", "int8")
    small, large = windows_a_batch(cpu, GIGABYTE // 8), windows_a_batch(cpu, GIGABYTE // 2)
    assert small == min(16, 12 // slots(cpu))
    assert large == max(1, 3 // slots(cpu))
