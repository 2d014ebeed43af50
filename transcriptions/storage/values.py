"""What a place for bytes can do, and how it says that it cannot now."""

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

UNFINISHED = ".new"  # how a file's name ends in a folder while it is written


class Unavailable(Exception):  # noqa: N818 - nothing is wrong with the work: it is to be tried again later
    """The disk is full, or S3 does not answer or refuses; `code` is the sentence's."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True)
class StoredFile:
    """changed_at: when its last byte was written or it got its name, whichever was later."""

    key: str
    size_bytes: int
    changed_at: datetime


class Store(Protocol):
    """A folder or a bucket. What each function promises stands in transcriptions.storage."""

    def adopt(self, file: Path, key: str) -> None: ...
    def write(self, key: str, content: bytes) -> None: ...
    def size(self, key: str) -> int: ...
    def read(self, key: str, start: int, end: int) -> bytes: ...
    def pieces(self, key: str, start: int, end: int) -> Generator[bytes]: ...
    def local(self, key: str) -> AbstractContextManager[Path]: ...
    def address(self, key: str, seconds: int, content_type: str, disposition: str) -> str: ...
    def delete(self, key: str) -> None: ...
    def delete_folder(self, key: str) -> None: ...
    def folders(self, key: str) -> Iterator[str]: ...
    def abort_unfinished(self, before: datetime) -> None: ...
    def files(self, folder: str) -> Iterator[StoredFile]: ...
