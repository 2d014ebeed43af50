"""What these tests share: good files made here, hostile ones from a data folder, a folder of one's own."""

import os
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from tests.environment import not_run
from tests.hostile import manifest, seeds
from tests.hostile.manifest import Entry


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return seeds.make(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="session")
def hostile() -> list[Entry]:
    data = Path(os.environ.get("SPEECH_DATA_DIR") or Path(settings.BASE_DIR).parent / "shared" / "data")
    if not (data / "hostile" / "manifest.jsonl").exists():
        not_run("there are no hostile files; SPEECH_DATA_DIR names the folder they are in")
    return manifest.read(data)


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files of this process go: nothing of others is among them."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder
