"""The storage as a folder: of this machine, or shared by a network file system."""

import errno
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from transcriptions.storage import disk
from transcriptions.storage.values import UNFINISHED, StoredFile

PIECE_BYTES = 256 * 1024


class Folder:
    """Every file gets its name only when it is complete and on the disk."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, key: str) -> Path:
        return self._root / key

    def adopt(self, file: Path, key: str) -> None:
        target = self.path(key)
        with disk.told_when_full():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.utime(file)  # its age counts from now: whoever looks for files without a row leaves new ones alone
            try:
                _name(file, target)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                with _named_when_complete(target) as new:  # another disk: this once, a copy
                    shutil.copyfile(file, new)

    def write(self, key: str, content: bytes) -> None:
        disk.ask_for_room(len(content))
        with disk.told_when_full(), _named_when_complete(self.path(key)) as new:
            new.write_bytes(content)

    def size(self, key: str) -> int:
        return self.path(key).stat().st_size

    def read(self, key: str, start: int, end: int) -> bytes:
        with self.path(key).open("rb") as opened:
            opened.seek(start)
            return opened.read(end - start)

    def pieces(self, key: str, start: int, end: int) -> Generator[bytes]:
        with self.path(key).open("rb") as opened:
            opened.seek(start)
            while piece := opened.read(min(PIECE_BYTES, end - opened.tell())):
                yield piece

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        self.size(key)
        yield self.path(key)

    def address(self, key: str, seconds: int, content_type: str, disposition: str) -> str:
        return ""

    def delete(self, key: str) -> None:
        self.path(key).unlink(missing_ok=True)

    def delete_folder(self, key: str) -> None:
        shutil.rmtree(self.path(key), ignore_errors=True)

    def folders(self, key: str) -> Iterator[str]:
        folder = self.path(key)
        return (entry.name for entry in os.scandir(folder) if entry.is_dir()) if folder.is_dir() else iter(())

    def abort_unfinished(self, before: datetime) -> None:
        """Nothing: here such a file can be seen, and its name ends so."""

    def files(self, folder: str) -> Iterator[StoredFile]:
        for inner, _, names in os.walk(self.path(folder)):
            for path in (Path(inner, name) for name in sorted(names)):
                try:
                    found = path.lstat()
                except FileNotFoundError:
                    continue  # the work goes on meanwhile
                changed_at = datetime.fromtimestamp(found.st_mtime, UTC)
                yield StoredFile(path.relative_to(self._root).as_posix(), found.st_size, changed_at)


@contextmanager
def _named_when_complete(target: Path) -> Iterator[Path]:
    """A new file beside the target, which gets its name when the block ends well and is gone when it does not."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f"{target.name}.{os.urandom(4).hex()}{UNFINISHED}")
    try:
        yield new
        _name(new, target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _name(file: Path, target: Path) -> None:
    """Rename what is on the disk, and have the folder remember it when the power goes."""
    _sync(file)
    file.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
