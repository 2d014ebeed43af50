"""What both places do alike: files come whole, are read in parts, and go."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import Settings

from tests.storage.conftest import Place
from transcriptions import storage

KEY = "media/ab/abcdef"
CONTENT = bytes(range(256)) * 4000  # a megabyte


@pytest.fixture
def arrived(tmp_path: Path) -> Path:
    file = tmp_path / "arrived"
    file.write_bytes(CONTENT)
    return file


def test_what_is_adopted_is_there_under_its_key_and_nothing_beside_it(place: Place, arrived: Path) -> None:
    storage.adopt(arrived, KEY)
    assert place.files() == {KEY: CONTENT}
    assert storage.exists(KEY)
    assert storage.size(KEY) == len(CONTENT)


def test_the_same_may_be_adopted_twice(place: Place, arrived: Path, tmp_path: Path) -> None:
    storage.adopt(arrived, KEY)
    again = tmp_path / "again"
    again.write_bytes(CONTENT)
    storage.adopt(again, KEY)
    assert place.files() == {KEY: CONTENT}


def test_a_file_of_many_parts_arrives_whole(place: Place, tmp_path: Path) -> None:
    """S3 takes more than eight megabytes in parts."""
    file = tmp_path / "large"
    file.write_bytes(os.urandom(20 * 1024**2 + 1))
    expected = hashlib.sha256(file.read_bytes()).hexdigest()
    storage.adopt(file, KEY)
    assert hashlib.sha256(b"".join(storage.pieces(KEY, 0, storage.size(KEY)))).hexdigest() == expected


@pytest.mark.parametrize(("start", "end"), [(0, 1), (100, 90_000), (1_023_990, 2_000_000), (0, 1_024_000), (5, 5)])
def test_parts_are_read(place: Place, start: int, end: int) -> None:
    storage.write(KEY, CONTENT)
    assert storage.read(KEY, start, end) == CONTENT[start:end]
    assert b"".join(storage.pieces(KEY, start, end)) == CONTENT[start:end]


def test_beyond_the_end_there_is_nothing(place: Place) -> None:
    storage.write(KEY, b"short")
    assert storage.read(KEY, 100, 200) == b""


def test_pieces_are_small(place: Place) -> None:
    storage.write(KEY, CONTENT)
    assert max(map(len, storage.pieces(KEY, 0, len(CONTENT)))) <= 256 * 1024


def test_a_program_reads_a_local_file(place: Place) -> None:
    storage.write(KEY, CONTENT)
    with storage.local(KEY) as path:
        assert path.read_bytes() == CONTENT
    assert place.files() == {KEY: CONTENT}


def test_what_is_not_there_says_so(place: Place) -> None:
    assert not storage.exists(KEY)
    with pytest.raises(FileNotFoundError):
        storage.size(KEY)
    with pytest.raises(FileNotFoundError):
        storage.read(KEY, 0, 1)
    with pytest.raises(FileNotFoundError), storage.local(KEY):
        pass
    storage.delete(KEY)
    storage.delete_folder("shards/7")
    assert list(storage.folders("shards")) == []


def test_an_empty_key_is_nothing(place: Place) -> None:
    storage.write(KEY, CONTENT)
    storage.delete("")
    assert not storage.exists("")
    with pytest.raises(FileNotFoundError):
        storage.local("")
    assert place.files() == {KEY: CONTENT}


def test_folders_go_whole_and_their_neighbours_stay(place: Place) -> None:
    for transcript, index in ((1, 0), (1, 1), (12, 0)):
        storage.write(storage.shard_key(transcript, index), b"sound")
    assert sorted(storage.folders("shards")) == ["1", "12"]
    storage.delete_folder(storage.shard_folder(1))
    assert list(place.files()) == ["shards/12/0.s16le"]
    storage.delete(storage.shard_key(12, 0))
    assert place.files() == {}


def test_all_files_are_listed_with_their_lengths(place: Place) -> None:
    storage.write(KEY, CONTENT)
    storage.write(storage.shard_key(1, 0), b"sound")
    found = {(file.key, file.size_bytes) for file in storage.files()}
    assert found == {(KEY, len(CONTENT)), ("shards/1/0.s16le", 5)}


def test_a_copy_for_a_program_needs_room(bucket: object, settings: Settings) -> None:
    storage.write(KEY, CONTENT)
    settings.MIN_FREE_BYTES = 2**62
    with pytest.raises(storage.Unavailable) as caught, storage.local(KEY):
        pass
    assert caught.value.code == "no_space"


def test_a_copy_for_a_program_is_gone_afterwards(bucket: object) -> None:
    storage.write(KEY, CONTENT)
    with suppress(RuntimeError), storage.local(KEY) as path:
        assert Path(django_settings.TEMP_DIR) in path.parents
        raise RuntimeError("ffmpeg was ended")
    assert list(Path(django_settings.TEMP_DIR).iterdir()) == []


def test_forgetting_uploads_that_were_cut_off_leaves_what_is_whole(place: Place) -> None:
    storage.write(KEY, CONTENT)
    storage.abort_unfinished(timezone.now())
    assert place.files() == {KEY: CONTENT}
