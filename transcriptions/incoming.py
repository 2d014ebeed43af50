"""Files that are still arriving: where they are, how far they have come, and who goes on. Knows no rows and no HTTP.

A file only grows at its end, so its size says what has arrived, after a kill too. One writes at a time, whichever
process it is in: the kernel's lock on the file ends with the one who holds it. Web and media workers of one host share
the folder.
"""

import fcntl
import hashlib
import os
import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from transcriptions.storage import StoredFile, told_when_full

UNVERIFIED = ".unverified"  # beside a file: how long it was before the part whose checksum has not come true yet
PIECE_BYTES = 1024**2
MOST_HASHES = 500  # half-made, kept by this process

_hashes: OrderedDict[uuid.UUID, tuple["hashlib._Hash", int]] = OrderedDict()
_changing = threading.Lock()


class Busy(Exception):  # noqa: N818 - a verdict
    """Somebody else is writing it."""


def path(upload_id: uuid.UUID) -> Path:
    return Path(settings.UPLOAD_DIR, str(upload_id))


def create(upload_id: uuid.UUID) -> None:
    """Unless it is there."""
    with told_when_full():
        Path(settings.UPLOAD_DIR).mkdir(parents=True, exist_ok=True)
        path(upload_id).touch()


def size(upload_id: uuid.UUID) -> int:
    """How many bytes are there and stay. Raises FileNotFoundError."""
    unverified = _unverified(upload_id)
    try:
        return int(unverified.read_text())
    except FileNotFoundError:
        return path(upload_id).stat().st_size


def received(upload_id: uuid.UUID) -> int:
    """The same, and 0 where it arrives at another host or has been given its place."""
    try:
        return size(upload_id)
    except FileNotFoundError:
        return 0


def remove(upload_id: uuid.UUID) -> None:
    for file in (path(upload_id), _unverified(upload_id), _new_mark(upload_id)):
        file.unlink(missing_ok=True)
    with _changing:
        _hashes.pop(upload_id, None)


def files() -> Iterator[tuple[uuid.UUID, StoredFile]]:
    """Those that are there, what is noted beside them too. A key is the whole path: none of them is in the storage."""
    folder = Path(settings.UPLOAD_DIR)
    for file in sorted(folder.iterdir()) if folder.is_dir() else []:
        with suppress(ValueError, FileNotFoundError):  # nothing of ours, as lost+found; or it is complete by now
            upload_id, found = uuid.UUID(file.name.partition(".")[0]), file.stat()
            yield upload_id, StoredFile(str(file), found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


class Writer:
    """The one who may append to a file. `size` is what is there."""

    def __init__(self, upload_id: uuid.UUID, file: BinaryIO) -> None:
        self._id, self._file = upload_id, file
        self._cut_unverified()
        self.size = os.fstat(file.fileno()).st_size
        with _changing:
            digest, hashed = _hashes.pop(upload_id, (hashlib.sha256(), 0))
        self._digest, self._hashed = (digest, hashed) if hashed <= self.size else (hashlib.sha256(), 0)

    def write(self, piece: bytes) -> None:
        """Raises storage.Unavailable when the disk is full; what has been written of the piece stays."""
        if self._hashed != self.size:
            self._hash_again()
        try:
            with told_when_full():
                rest = memoryview(piece)
                while rest:
                    rest = rest[self._file.write(rest) :]
        except BaseException:
            self.size = os.fstat(self._file.fileno()).st_size
            self._hashed = 0  # nobody knows what is in it
            self._digest = hashlib.sha256()
            raise
        self._digest.update(piece)
        self.size += len(piece)
        self._hashed = self.size

    def empty(self) -> None:
        """Whoever sends it begins anew."""
        os.truncate(self._file.fileno(), 0)
        self._file.seek(0)
        self.size = self._hashed = 0
        self._digest = hashlib.sha256()

    @contextmanager
    def verified(self, algorithm: str, expected: bytes) -> Iterator["hashlib._Hash"]:
        """What is written in the block stays if the hash, to be fed with it, comes to what is expected."""
        checksum = hashlib.new(algorithm, usedforsecurity=False)
        start, digest, hashed = self.size, self._digest.copy(), self._hashed
        new = _new_mark(self._id)
        with new.open("w") as mark:
            mark.write(str(start))
            mark.flush()
            os.fsync(mark.fileno())
        new.replace(_unverified(self._id))
        try:
            yield checksum
        finally:
            if checksum.digest() == expected:
                _unverified(self._id).unlink()
            else:
                self._cut_unverified()
                self.size, self._digest, self._hashed = start, digest, hashed

    def head(self, size: int) -> bytes:
        return os.pread(self._file.fileno(), size, 0)

    def sha256(self) -> str:
        """Of all that is there, in hexadecimal digits."""
        if self._hashed != self.size:
            self._hash_again()
        return self._digest.hexdigest()

    def keep_hash(self) -> None:
        """For the next writer in this process."""
        with _changing:
            _hashes[self._id] = self._digest, self._hashed
            while len(_hashes) > MOST_HASHES:
                _hashes.popitem(last=False)

    def _hash_again(self) -> None:
        """What a process before this one wrote; from where this one's hash is."""
        while piece := os.pread(self._file.fileno(), min(PIECE_BYTES, self.size - self._hashed), self._hashed):
            self._digest.update(piece)
            self._hashed += len(piece)

    def _cut_unverified(self) -> None:
        try:
            start = int(_unverified(self._id).read_text())
        except FileNotFoundError:
            return
        os.truncate(self._file.fileno(), start)
        _unverified(self._id).unlink()


@contextmanager
def writer(upload_id: uuid.UUID) -> Iterator[Writer]:
    """Raises Busy, and FileNotFoundError when it is no longer arriving."""
    with path(upload_id).open("r+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        if not os.path.samestat(os.fstat(file.fileno()), path(upload_id).stat()):
            raise FileNotFoundError(path(upload_id))
        file.seek(0, os.SEEK_END)
        made = Writer(upload_id, file)
        file.seek(0, os.SEEK_END)
        try:
            yield made
        finally:
            if path(upload_id).exists():
                made.keep_hash()


def _unverified(upload_id: uuid.UUID) -> Path:
    return path(upload_id).with_suffix(UNVERIFIED)


def _new_mark(upload_id: uuid.UUID) -> Path:
    return path(upload_id).with_suffix(f".new{UNVERIFIED}")
