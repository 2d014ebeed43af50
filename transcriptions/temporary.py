"""Temporary files: each in a folder that is gone when its block ends, and all of them in one folder for each process.

That folder is named for the process, so what a kill leaves is known at once. Does not know what the files are.
"""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from transcriptions import processes

_changing = threading.Lock()  # nobody makes a folder in one that another thread is just removing


@contextmanager
def folder(purpose: str) -> Iterator[Path]:
    """A new folder, gone with everything in it when the block ends, however it ends."""
    made = make(purpose)
    try:
        yield made
    finally:
        remove(made)


def make(purpose: str) -> Path:
    """A new folder, for those who cannot hold a block open; they call `remove`."""
    with _changing:
        own = Path(settings.TEMP_DIR, processes.identity())
        own.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=own))


def remove(entry: Path) -> None:
    """A file or folder, and the process's folder with the last one in it."""
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        entry.unlink(missing_ok=True)
    if entry.parent.name == processes.identity():
        with _changing, suppress(OSError):  # others are in it
            entry.parent.rmdir()


def remove_own() -> None:
    """All of this process's, at its end."""
    with _changing:
        shutil.rmtree(Path(settings.TEMP_DIR, processes.identity()), ignore_errors=True)


def left_behind(before: float) -> Iterator[Path]:
    """What processes of this host that are gone have left, and what has not changed since `before`, in seconds as
    time.time() has them."""
    for entry in _entries(Path(settings.TEMP_DIR)):
        if processes.is_gone(entry.name):
            yield entry
        elif processes.is_of_this_host(entry.name):
            yield from (inner for inner in _entries(entry) if _is_old(inner, before))
        elif _is_old(entry, before):
            yield entry


def entries() -> list[Path]:
    """The folders of all processes, and what else is there."""
    return _entries(Path(settings.TEMP_DIR))


def size(entry: Path) -> int:
    """Of the files in it, in bytes; 0 of what vanishes meanwhile."""
    try:
        return sum(path.lstat().st_size for path in _all(entry) if not path.is_dir())
    except FileNotFoundError:
        return 0


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_old(entry: Path, before: float) -> bool:
    """A folder is as new as what is in it: an upload that still arrives only touches its file."""
    try:
        return max(path.lstat().st_mtime for path in _all(entry)) < before
    except FileNotFoundError:
        return False  # somebody is at work in it


def _all(entry: Path) -> list[Path]:
    return [entry, *(entry.rglob("*") if entry.is_dir() and not entry.is_symlink() else ())]
