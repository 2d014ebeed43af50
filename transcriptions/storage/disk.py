"""How much room is left on the disks of this host that the site writes files to."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from transcriptions.storage.values import Unavailable

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True)
class Room:
    free_bytes: int
    total_bytes: int


def room() -> Room:
    """The fuller one: the disk of the temporary files, or that of the storage where it is a folder."""
    places = [settings.TEMP_DIR] if settings.S3 else [settings.TEMP_DIR, settings.STORAGE_DIR]
    fuller = min((shutil.disk_usage(_existing(Path(place))) for place in places), key=lambda found: found.free)
    return Room(fuller.free, fuller.total)


def free_bytes() -> int:
    return room().free_bytes


def has_room(size: int = 0) -> bool:
    """Whether MIN_FREE_BYTES would still be free after so many more bytes."""
    return free_bytes() - size >= int(settings.MIN_FREE_BYTES)


def ask_for_room(size: int) -> None:
    """Raises Unavailable."""
    if not has_room(size):
        raise Unavailable("no_space", f"{free_bytes()} bytes are free, {size} and MIN_FREE_BYTES are wanted")


@contextmanager
def told_when_full() -> Iterator[None]:
    """A write that finds no room raises Unavailable."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise Unavailable("no_space", str(error)) from error
        raise


def _existing(place: Path) -> Path:
    """The folder, or where it will be made."""
    return next(folder for folder in (place, *place.parents) if folder.exists())
