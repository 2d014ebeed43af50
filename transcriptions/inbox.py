"""A folder that recordings are put into: which files in it are finished, copying one, moving it, writing beside it.

A file is finished when neither its size nor its time has changed for a while. Knows neither database nor people.
"""

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from transcriptions import storage
from transcriptions.engine.formats import FORMATS
from transcriptions.storage.disk import told_when_full

PIECE_BYTES = 1024**2
PATH_BYTES = 2000  # of a path that can be remembered: an index of PostgreSQL takes 2,700
# What browsers, synchronisers and editors call what they have not finished.
UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp", "~")
TRANSCRIPTS = tuple(f".{name}" for name in FORMATS)


class Changed(Exception):  # noqa: N818 - nothing is wrong: it is not finished yet
    """The file is another one than was found, or none any more."""


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """The process is asked to end."""


@dataclass(frozen=True)
class Found:
    path: Path
    size_bytes: int
    modified_ns: int

    @property
    def can_be_remembered(self) -> bool:
        """Whether its path is UTF-8, and short enough for a row."""
        try:
            return len(str(self.path).encode()) <= PATH_BYTES
        except UnicodeEncodeError:
            return False


class Watch:
    """Look again and again with `finished`; the folder and those below it, but one. Symbolic links are passed over."""

    def __init__(self, root: Path, *, settle_seconds: float, but: Path | None = None) -> None:
        self._root, self._settle_seconds, self._but = root, settle_seconds, but
        self._seen: dict[Found, float] = {}

    def finished(self, now: float) -> list[Found]:
        """The oldest first. now: seconds of a clock that is never set."""
        self._seen = {found: self._seen.get(found, now) for found in _files(self._root, self._but)}
        ripe = [found for found, since in self._seen.items() if now - since >= self._settle_seconds]
        return sorted(ripe, key=lambda found: (found.modified_ns, found.path))


def _files(root: Path, but: Path | None) -> Iterator[Found]:
    for inner, folders, names in os.walk(root):
        folder = Path(inner)
        folders[:] = [name for name in folders if not name.startswith(".") and folder / name != but]
        for name in names:
            if name.startswith(".") or name.lower().endswith(UNFINISHED + TRANSCRIPTS):
                continue
            try:
                found = (folder / name).lstat()
            except FileNotFoundError:
                continue  # whoever writes it renames it meanwhile
            if stat.S_ISREG(found.st_mode):
                yield Found(folder / name, found.st_size, found.st_mtime_ns)


def copy(found: Found, target: Path, stopping: Callable[[], bool]) -> str:
    """Its sha256. Raises Changed, Stopped, OSError, storage.Unavailable."""
    if not storage.has_room(found.size_bytes):
        raise storage.Unavailable("no_space", f"{found.size_bytes} bytes are wanted")
    digest = hashlib.sha256()
    with _opened(found) as source, told_when_full(), target.open("wb") as copied:
        while piece := source.read(PIECE_BYTES):
            if stopping():
                raise Stopped
            copied.write(piece)
            digest.update(piece)
            if copied.tell() > found.size_bytes:
                raise Changed  # it may grow for ever
        _ask_unchanged(found, source)
    return digest.hexdigest()


@contextmanager
def _opened(found: Found) -> Iterator[BinaryIO]:
    """The very file that was found: no link has taken its place, or that of a folder above it."""
    if found.path.resolve() != found.path:
        raise Changed
    try:
        # Not to wait for a writer, should it be a pipe now.
        descriptor = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Changed from None
    with os.fdopen(descriptor, "rb") as source:
        _ask_unchanged(found, source)
        yield source


def _ask_unchanged(found: Found, source: BinaryIO) -> None:
    now = os.fstat(source.fileno())
    if (now.st_size, now.st_mtime_ns) != (found.size_bytes, found.modified_ns) or not stat.S_ISREG(now.st_mode):
        raise Changed


def place_in(folder: Path, found: Found, root: Path) -> Path:
    """Where it is to be moved: as deep as it was, and beside what has its name there already."""
    wanted = folder / found.path.relative_to(root)
    place, number = wanted, 1
    while place.exists() and not _is_copy(found, place):
        number += 1
        place = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
    return place


def move(found: Found, place: Path) -> None:
    """Goes on where a kill has cut it off. To another disk it is a copy that gets its name when it is complete.

    Raises Changed, OSError.
    """
    if not _is_copy(found, found.path):
        raise Changed
    place.parent.mkdir(parents=True, exist_ok=True)
    if not _is_copy(found, place):
        try:
            found.path.rename(place)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            shutil.copy2(found.path, _unfinished(place))
            _name(place)
    found.path.unlink(missing_ok=True)


def write(place: Path, pieces: Iterable[bytes]) -> None:
    """A file under its name when it is complete, in place of an older one."""
    with _unfinished(place).open("wb") as opened:
        opened.writelines(pieces)
    _name(place)


def _is_copy(found: Found, place: Path) -> bool:
    """What a move that was killed has left."""
    try:
        there = place.lstat()
    except FileNotFoundError:
        return False
    return (there.st_size, there.st_mtime_ns) == (found.size_bytes, found.modified_ns)


def _unfinished(place: Path) -> Path:
    """The same for the same place: what a kill leaves is written over."""
    return place.with_name(f".{place.name}.part")


def _name(place: Path) -> None:
    unfinished = _unfinished(place)
    with unfinished.open("rb") as opened:
        os.fsync(opened.fileno())
    unfinished.replace(place)
