"""Recorded speech, by the engine people get: the multilingual default model."""

from pathlib import Path
from typing import Any

import jiwer
import pytest
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

from transcriptions import configuration
from transcriptions.engine import model_store, pipeline
from transcriptions.engine.model_pool import ModelKey, ModelPool
from transcriptions.engine.options import Options

pytestmark = pytest.mark.recorded


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return model_store.fetch("base", tmp_path_factory.mktemp("models"), lambda sentence: None)


@pytest.mark.parametrize(
    ("name", "language", "at_most"),
    [
        ("en-jfk", "en", 0.05),
        ("pt-voicenote-dev-1", "pt", 0.05),
        ("pt-watson-pt-br-sample1-8khz", "pt", 0.10),
        ("en-diar-2spk-dev", "en", 0.08),
        ("en-video-dev-moov-end", "en", 0.08),
    ],
)
def test_it_is_heard_in_its_language_and_word_for_word(
    recorded: dict[str, dict[str, Any]], base: Path, pool: ModelPool, name: str, language: str, at_most: float
) -> None:
    entry = recorded[name]
    normalise = EnglishTextNormalizer() if language == "en" else BasicTextNormalizer()
    with pool.use(ModelKey(base, configuration.device())) as batcher:
        options = Options("base")
        result = pipeline.transcribe(entry["file"], ffmpeg=configuration.ffmpeg(), batcher=batcher, options=options)
        text = " ".join(segment.text for segment in result.segments)
    assert result.language
    assert result.language.code == language
    assert jiwer.wer(normalise(entry["text"]), normalise(text)) <= at_most
