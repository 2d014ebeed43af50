"""The one module that knows where bytes are. A folder; every file gets its name only when it is complete."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings


def media_key(sha256: str) -> str:
    return f"media/{sha256[:2]}/{sha256}"


def shard_key(transcript_id: int, index: int) -> str:
    return f"{shard_folder(transcript_id)}/{index}.s16le"


def shard_folder(transcript_id: int) -> str:
    return f"shards/{transcript_id}"


def path(key: str) -> Path:
    return Path(settings.STORAGE_DIR, key)


def exists(key: str) -> bool:
    return bool(key) and path(key).is_file()


def adopt(file: Path, key: str) -> None:
    """Make a complete temporary file the stored one. The same key may be adopted twice: the bytes are the same."""
    target = path(key)
    target.parent.mkdir(parents=True, exist_ok=True)
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
    _name(file, target)


def write(key: str, content: bytes) -> None:
    target = path(key)
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_suffix(f".{os.getpid()}.new")
    with new.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    _name(new, target)


def _name(file: Path, target: Path) -> None:
    """Rename, and have the folder remember it when the power goes."""
    file.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def size(key: str) -> int:
    """In bytes. Raises FileNotFoundError."""
    return path(key).stat().st_size


def read(key: str, start: int, end: int) -> bytes:
    """Some bytes of a file; fewer where it ends. Raises FileNotFoundError."""
    with path(key).open("rb") as opened:
        opened.seek(start)
        return opened.read(end - start)


def delete(key: str) -> None:
    if key:
        path(key).unlink(missing_ok=True)


def delete_folder(key: str) -> None:
    shutil.rmtree(path(key), ignore_errors=True)


def folders(key: str) -> Iterator[str]:
    """The names of the folders in a folder."""
    folder = path(key)
    return (entry.name for entry in os.scandir(folder) if entry.is_dir()) if folder.is_dir() else iter(())
