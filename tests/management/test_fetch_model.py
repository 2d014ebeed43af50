"""`manage.py fetch_model`: the folder on the last line, for scripts."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.management.commands import assert_one_sentence, manage


def fetch(*words: str) -> list[str]:
    said = io.StringIO()
    call_command("fetch_model", *words, stdout=said)
    return said.getvalue().splitlines()


def test_the_last_line_is_the_models_folder(settings: Settings, tmp_path: Path) -> None:
    settings.WHISPER_MODEL_DIR = tmp_path / "models"
    said = fetch("tiny.en")
    assert Path(said[-1]) == tmp_path / "models" / "tiny.en"
    assert (Path(said[-1]) / "model.bin").stat().st_size > 70_000_000
    assert fetch("tiny.en")[-1] == said[-1]


def test_without_a_name_it_is_the_installations(settings: Settings) -> None:
    assert fetch()[-1] == str(Path(settings.WHISPER_MODEL_DIR) / "tiny.en")


def test_a_model_nobody_knows_is_one_sentence() -> None:
    assert_one_sentence(manage("fetch_model", "no-such-size"), "The model no-such-size cannot be had: ")


@pytest.mark.parametrize("name", ["../../etc", "a b", ";"])
def test_a_name_is_a_name(name: str) -> None:
    with pytest.raises(CommandError, match="is not the name of a model"):
        fetch(name)


def test_a_folder_that_cannot_be_written_is_a_sentence(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.WHISPER_MODEL_DIR = tmp_path / "file" / "models"
    with pytest.raises(CommandError, match="The model folder cannot be written"):
        fetch("tiny.en")
