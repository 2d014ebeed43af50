"""A folder: names only for what is complete, another disk, a full disk."""

import errno
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from tests.environment import not_run
from transcriptions import storage

KEY = "media/ab/abcdef"
MB = 1024**2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "transcribe-tests", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, check=False, capture_output=True).returncode:
        not_run("this machine does not let the tests mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def all_files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_arrived_on_the_same_disk_is_moved_and_counts_as_new(tmp_path: Path) -> None:
    file = tmp_path / "arrived"
    file.write_bytes(b"sound")
    os.utime(file, (0, 0))
    number = file.stat().st_ino
    storage.adopt(file, KEY)
    assert storage.path(KEY).stat().st_ino == number
    assert time.time() - storage.path(KEY).stat().st_mtime < 60


def test_what_arrived_on_another_disk_is_copied(small_disk: Path) -> None:
    file = small_disk / "arrived"
    file.write_bytes(os.urandom(MB))
    expected = file.read_bytes()
    storage.adopt(file, KEY)
    assert storage.path(KEY).read_bytes() == expected
    assert all_files(Path(django_settings.STORAGE_DIR)) == [KEY]


def test_a_full_disk_is_told_and_leaves_nothing_half_made(small_disk: Path, settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE_DIR, settings.MIN_FREE_BYTES = small_disk / "storage", 0
    storage.write("shards/1/0.s16le", bytes(MB))
    arrived = tmp_path / "arrived"
    arrived.write_bytes(bytes(2 * MB))
    with pytest.raises(storage.Unavailable) as caught:
        storage.adopt(arrived, KEY)
    assert caught.value.code == "no_space"
    assert all_files(small_disk) == ["storage/shards/1/0.s16le"]
    assert arrived.exists()


def test_nothing_is_written_below_the_limit(small_disk: Path, settings: Settings) -> None:
    settings.STORAGE_DIR, settings.MIN_FREE_BYTES = small_disk / "storage", MB
    assert storage.has_room()
    storage.write("shards/1/0.s16le", bytes(MB // 2))
    with pytest.raises(storage.Unavailable) as caught:
        storage.write("shards/1/1.s16le", bytes(MB))
    assert caught.value.code == "no_space"
    assert not storage.exists("shards/1/1.s16le")


def test_the_fuller_disk_counts(small_disk: Path, settings: Settings) -> None:
    before = storage.free_bytes()
    settings.STORAGE_DIR = small_disk / "not made yet" / "storage"
    assert storage.free_bytes() <= 2 * MB < before


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_write_that_finds_no_room_is_told(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def full(path: Path, content: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(storage.Unavailable) as caught:
        storage.write(KEY, b"sound")
    assert caught.value.code == "no_space"


def test_a_broken_disk_is_an_error_and_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    storage.write(KEY, b"before")

    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        storage.write(KEY, b"after")
    assert storage.read(KEY, 0, 10) == b"before"
    assert all_files(Path(django_settings.STORAGE_DIR)) == [KEY]


def test_pieces_that_are_given_up_close_the_file() -> None:
    storage.write(KEY, bytes(MB))
    pieces = storage.pieces(KEY, 0, MB)
    next(pieces)
    assert str(storage.path(KEY)) in open_files()
    pieces.close()
    assert str(storage.path(KEY)) not in open_files()


def open_files() -> set[str]:
    if not Path("/proc/self/fd").is_dir():
        not_run("this machine does not say which files are open")
    return {str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()}
