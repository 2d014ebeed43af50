"""Options: what Whisper does not know is refused, what changes the text changes the fingerprint."""

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES

from transcriptions.engine.device import DeviceFacts, choose, default_model
from transcriptions.engine.options import LANGUAGES, Options


def test_the_languages_are_whispers() -> None:
    assert set(LANGUAGES) == set(_LANGUAGE_CODES)


def test_every_option_changes_the_fingerprint() -> None:
    variants = [
        Options("base"), Options("small"), Options("base", language="pt"), Options("base", task="translate"),
        Options("base", beam_size=1), Options("base", word_timestamps=True),
    ]  # fmt: skip
    assert len({options.fingerprint() for options in variants}) == len(variants)
    assert Options("base").fingerprint() == Options("base").fingerprint()


@pytest.mark.parametrize("wrong", [{"language": "xx"}, {"task": "sing"}, {"beam_size": 0}])
def test_it_refuses_what_whisper_does_not_know(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Options("base", **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "device", "compute_type", "model"),
    [
        (DeviceFacts(), "cpu", "int8", "base"),
        (DeviceFacts(1, 20 * 1024**3), "cuda", "float16", "large-v3-turbo"),
        (DeviceFacts(1, 2 * 1024**3), "cuda", "int8_float16", "large-v3-turbo"),
    ],
)
def test_auto_follows_the_machine(facts: DeviceFacts, device: str, compute_type: str, model: str) -> None:
    chosen = choose("auto", "auto", lambda: facts)
    assert (chosen.name, chosen.compute_type, default_model(chosen)) == (device, compute_type, model)


def test_what_is_named_is_taken() -> None:
    assert choose("cpu", "float32", lambda: DeviceFacts(1)).compute_type == "float32"
    assert choose("cuda", "float16", DeviceFacts).name == "cuda"
