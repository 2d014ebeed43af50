"""What these tests share: good files made here, a folder of one's own."""

import tempfile
from pathlib import Path

import pytest

from tests.hostile import seeds


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return seeds.make(tmp_path_factory.mktemp("sources"))


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files of this process go: nothing of others is among them."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder
