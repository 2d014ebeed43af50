"""Both places bytes can be in, and what a test does to them from outside."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from tests import s3
from transcribe_site import storage_url
from transcriptions import storage


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.Server]:
    with s3.serving(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def bucket(_server: s3.Server, settings: Settings) -> Iterator[s3.Server]:
    """The storage is in S3."""
    settings.S3 = usual = storage_url.s3(_server.url)
    yield _server
    settings.S3 = usual
    for file in list(storage.files()):  # not behind rclone's back: it remembers what was there
        storage.delete(file.key)


@dataclass(frozen=True)
class Place:
    """Where the stored files really lie."""

    root: Path

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest) -> Place:
    """The test is run with each of them."""
    if request.param == "folder":
        return Place(Path(django_settings.STORAGE_DIR))
    return Place(request.getfixturevalue("bucket").folder)
