"""The one module that knows where bytes are: in a folder, or in S3. Every file gets its name only when it is complete.

Originals are stored once, by their sha256. Whatever reads raises FileNotFoundError for what is not there; everything
raises Unavailable when the disk is full or S3 is away. Nobody else speaks to the folder or to S3.
"""

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from transcriptions.storage.disk import ask_for_room, free_bytes, has_room, room, told_when_full
from transcriptions.storage.folder import Folder
from transcriptions.storage.values import UNFINISHED, Store, StoredFile, Unavailable

__all__ = [
    "UNFINISHED",
    "StoredFile",
    "Unavailable",
    "ask_for_room",
    "free_bytes",
    "has_room",
    "room",
    "told_when_full",
]


def media_key(sha256: str) -> str:
    return f"media/{sha256[:2]}/{sha256}"


def rendition_key(sha256: str, rendition_id: int, ending: str) -> str:
    """Beside the original it is made of."""
    return f"{media_key(sha256)}.{rendition_id}{ending}"


def takeout_key(takeout_id: int) -> str:
    return f"takeouts/{takeout_id}.zip"


def shard_key(transcript_id: int, index: int) -> str:
    return f"{shard_folder(transcript_id)}/{index}.s16le"


def shard_folder(transcript_id: int) -> str:
    return f"shards/{transcript_id}"


def path(key: str) -> Path:
    """Where the folder has it. There is no such place in S3: use `local`."""
    return Folder(Path(settings.STORAGE_DIR)).path(key)


def exists(key: str) -> bool:
    try:
        return size(key) >= 0
    except FileNotFoundError:
        return False


def adopt(file: Path, key: str) -> None:
    """Make a complete temporary file the stored one. The same key may be adopted twice: the bytes are the same."""
    _store().adopt(file, key)


def write(key: str, content: bytes) -> None:
    _store().write(key, content)


def size(key: str) -> int:
    """In bytes."""
    _refuse_nothing(key)
    return _store().size(key)


def read(key: str, start: int, end: int) -> bytes:
    """Some bytes of a file; fewer where it ends."""
    return _store().read(key, start, end)


def pieces(key: str, start: int, end: int) -> Generator[bytes]:
    """Some bytes of a file, a little at a time. Closing the generator closes the file."""
    return _store().pieces(key, start, end)


def local(key: str) -> AbstractContextManager[Path]:
    """A file to be read by a program: the stored one, or from S3 a temporary copy that is gone after the block."""
    _refuse_nothing(key)
    return _store().local(key)


def address(key: str, *, seconds: int, content_type: str, disposition: str) -> str:
    """Where a browser gets it from S3, signed, for so many seconds; "" where it has to come through the site."""
    return _store().address(key, seconds, content_type, disposition)


def delete(key: str) -> None:
    if key:
        _store().delete(key)


def delete_folder(key: str) -> None:
    _store().delete_folder(key)


def folders(key: str) -> Iterator[str]:
    """The names of the folders in a folder."""
    return _store().folders(key)


def abort_unfinished(before: datetime) -> None:
    """Forget uploads to S3 that were cut off before then: their parts take room and are in no list."""
    _store().abort_unfinished(before)


def files(folder: str = "") -> Iterator[StoredFile]:
    """All there are, or those in a folder and below it, one by one."""
    return _store().files(folder)


def _refuse_nothing(key: str) -> None:
    """An empty key is the row's word that nothing is kept."""
    if not key:
        raise FileNotFoundError("nothing is kept of it")


def _store() -> Store:
    return _bucket(**settings.S3) if settings.S3 else Folder(Path(settings.STORAGE_DIR))


@cache
def _bucket(**options: Any) -> Store:
    """By its name, because boto3 takes 30 MB: only where S3 is used."""
    bucket: Store = import_string("transcriptions.storage.bucket.Bucket")(**options)
    return bucket
