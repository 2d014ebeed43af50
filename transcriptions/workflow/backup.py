"""What makes a site, copied into a folder, and an empty site made of such a folder.

That is the database, the files of the storage, and the secret key where `make run` keeps it. What is in Redis, models,
and files that are still arriving is not: the first two can be had again, and senders begin anew.

The database goes first. A file has its name for ever and never changes, so files that came after the dump are only too
many; rows whose file is gone would be too few, and therefore the clean-up waits meanwhile. The way back is the other
one: the database comes last and at once, so a restore that was cut off can be begun again.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from transcriptions import dump, locks, storage, temporary
from transcriptions.storage import StoredFile

DUMP, FILES, SECRET_KEY = "database.dump", "storage", "secret_key"


class BackupError(Exception):
    """A sentence about why there is nothing to be copied, or no place for it."""


@dataclass
class Copied:
    """files: all there are now. copied: of them, this time. removed: those that the storage has no more."""

    files: int = 0
    size_bytes: int = 0
    copied: int = 0
    removed: int = 0
    has_secret_key: bool = False


def back_up(folder: Path, *, database: bool = True) -> Copied:
    """Bring the folder up to date. Cut off, it still has the dump it had, and the files that dump names. Raises
    BackupError, dump.DumpError, storage.Unavailable."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / FILES).mkdir(mode=0o700, exist_ok=True)
    with transaction.atomic(), _named_at_the_end(folder / DUMP) as new:
        locks.hold("clean-up")
        if database:
            new.touch(mode=0o600)
            dump.write(new)
        done = _copy_out(folder / FILES)
        done.has_secret_key = _copy_key(settings.KEPT_SECRET_KEY, folder / SECRET_KEY)
    return done


def restore(folder: Path, *, database: bool = True) -> Copied:
    """Raises BackupError, dump.DumpError, storage.Unavailable."""
    if database and not (folder / DUMP).is_file():
        raise BackupError(f"There is no {DUMP} in {folder}.")
    if database and not dump.is_empty():
        raise BackupError("There are tables in this database. A backup is restored into an empty one.")
    done = Copied()
    for file in _files_below(folder / FILES):
        _bring(file, file.relative_to(folder / FILES).as_posix())
        done.files += 1
        done.copied += 1
        done.size_bytes += file.stat().st_size
    if database:
        dump.read(folder / DUMP)
    done.has_secret_key = _copy_key(folder / SECRET_KEY, settings.KEPT_SECRET_KEY)
    return done


@contextmanager
def _named_at_the_end(target: Path) -> Iterator[Path]:
    new = target.with_name(f"{target.name}{storage.UNFINISHED}")
    try:
        yield new
        if new.exists():
            new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def _copy_out(folder: Path) -> Copied:
    done, met = Copied(), set()
    for file in storage.files():
        if file.key.endswith(storage.UNFINISHED):
            continue
        met.add(folder / file.key)
        try:
            done.copied += _copy(file, folder / file.key)
        except FileNotFoundError:
            continue  # its person has removed it just now
        done.files += 1
        done.size_bytes += file.size_bytes
    there = list(_files_below(folder))
    if there and not met:
        raise BackupError("The storage is empty and the backup is not. Is it the right one, and mounted?")
    for gone in set(there) - met:
        gone.unlink()
        done.removed += 1
    return done


def _copy(file: StoredFile, target: Path) -> bool:
    """Unless it is there: it was copied after it was written, and whole."""
    if target.is_file():
        kept = target.stat()
        if kept.st_size == file.size_bytes and kept.st_mtime >= file.changed_at.timestamp():
            return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with _named_at_the_end(target) as new, new.open("wb") as opened:
        for piece in storage.pieces(file.key, 0, file.size_bytes):
            opened.write(piece)
    return True


def _files_below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != storage.UNFINISHED)


def _bring(file: Path, key: str) -> None:
    storage.ask_for_room(file.stat().st_size)
    with temporary.folder("restore") as room:
        storage.adopt(Path(shutil.copyfile(file, room / "file")), key)


def _copy_key(source: Path, target: Path) -> bool:
    """Readable by its owner alone; one that is there stays where it signs what is already there."""
    if not source.is_file():
        return False
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(source.read_bytes())
    return True
