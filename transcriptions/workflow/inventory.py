"""The storage and the rows compared: every byte by its kind, files without a row, rows without their file. What still
arrives at this host is beside the storage, a kind of its own.

Work goes on meanwhile. A file without a row counts only when it is older than MAX_TEMP_AGE_HOURS: whoever gives a file
its place writes the row after it. A row counts only when it still wants the file once its absence has been seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from transcriptions import incoming, storage
from transcriptions.engine.values import BYTES_PER_SECOND
from transcriptions.models import Media, Rendition, Shard, Takeout
from transcriptions.storage import StoredFile
from transcriptions.workflow import arrive, files, state

BATCH = 500  # files compared at once
MEDIA, SHARDS, TAKEOUTS, UPLOADS = "media", "shards", "takeouts", "uploads"
Row = Media | Rendition | Shard | Takeout
Met = dict[type[Row], set[int]]


class NothingThere(Exception):  # noqa: N818 - a warning
    """Rows name files and the storage has none at all: it is another one, or not mounted. Nothing was repaired."""


@dataclass
class Amount:
    files: int = 0
    size_bytes: int = 0

    def add(self, file: StoredFile) -> None:
        self.files += 1
        self.size_bytes += file.size_bytes


@dataclass
class Inventory:
    """What is there by kind, the first part of its key; the keys of what does not fit, and what was put right of it."""

    kinds: dict[str, Amount] = field(default_factory=dict)
    young: Amount = field(default_factory=Amount)
    files_without_row: list[str] = field(default_factory=list)
    rows_without_file: list[str] = field(default_factory=list)
    repaired: int = 0

    @property
    def orphans(self) -> int:
        """That are left."""
        return len(self.files_without_row) + len(self.rows_without_file) - self.repaired


def take(now: datetime, *, repair: bool) -> Inventory:
    """Raises NothingThere, storage.Unavailable."""
    found = Inventory()
    met: Met = {Media: set(), Rendition: set(), Shard: set(), Takeout: set()}
    stored, limit = storage.files(), now - timedelta(hours=settings.MAX_TEMP_AGE_HOURS)
    while batch := list(islice(stored, BATCH)):
        _compare(batch, found, met, limit)
    found.rows_without_file += _incomplete(found, met, repair=repair)
    if repair:
        found.repaired += sum(_remove(key) for key in found.files_without_row)
    _arriving(found, limit, repair=repair)
    return found


def _arriving(found: Inventory, limit: datetime, *, repair: bool) -> None:
    """A row without its file cannot be told: it may arrive at another host."""
    there = list(incoming.files())
    if there:
        found.kinds[UPLOADS] = Amount()
    for _, file in there:
        found.kinds[UPLOADS].add(file)
    for upload_id, file in arrive.strays(there):
        if file.changed_at >= limit:
            found.young.add(file)
            continue
        found.files_without_row.append(file.key)
        if repair:
            incoming.remove(upload_id)
            found.repaired += 1


def _compare(batch: list[StoredFile], found: Inventory, met: Met, limit: datetime) -> None:
    rows = _rows_of([PurePosixPath(file.key) for file in batch])
    for file in batch:
        kind = PurePosixPath(file.key).parts[0]
        found.kinds.setdefault(kind, Amount()).add(file)
        row = rows.get(file.key)
        if row is not None:
            if _fits(row, file.size_bytes):
                met[type(row)].add(row.pk)
        elif file.changed_at < limit:
            found.files_without_row.append(file.key)
        else:
            found.young.add(file)


def _rows_of(keys: list[PurePosixPath]) -> dict[str, Row]:
    """The rows that name these files, by key."""
    hashes = {key.name.partition(".")[0] for key in keys if key.parts[0] == MEDIA}
    transcripts = {int(key.parts[1]) for key in keys if key.parts[0] == SHARDS and key.parts[1].isdecimal()}
    media = Media.objects.filter(sha256__in=hashes)
    made = Rendition.objects.filter(media__sha256__in=hashes)
    shards = _wanted_shards().filter(transcript__in=transcripts)
    takeouts = Takeout.objects.filter(storage_key__in=[str(key) for key in keys if key.parts[0] == TAKEOUTS])
    return {row.storage_key: row for row in chain[Row](media, made, shards, takeouts)}


def _wanted_shards() -> QuerySet[Shard]:
    return state.offered().order_by("pk")


def _fits(row: Row, size: int) -> bool:
    """Whether the file has the length the row says; of what was made from an original no row says it."""
    if isinstance(row, Shard):
        return abs(size - (row.end_seconds - row.start_seconds) * BYTES_PER_SECOND) <= 1
    if isinstance(row, Rendition | Takeout):
        return size == row.size_bytes
    return size == row.size_bytes or row.storage_key != storage.media_key(row.sha256)


def _incomplete(found: Inventory, met: Met, *, repair: bool) -> Iterator[str]:
    """Keys of files that rows want and that are not there, or not whole."""
    media = Media.objects.exclude(storage_key="").order_by("pk")
    made = Rendition.objects.exclude(storage_key="").order_by("pk")
    takeouts = Takeout.objects.exclude(storage_key="").order_by("pk")
    wanted: tuple[QuerySet[Any], ...] = (media, made, _wanted_shards(), takeouts)
    for rows in wanted:
        known = met[rows.model]
        missing = (pk for pk in rows.values_list("pk", flat=True).iterator(BATCH) if pk not in known)
        for pk in missing:
            with transaction.atomic():
                row: Row | None = rows.select_for_update(of=("self",)).filter(pk=pk).first()
                if row is None or _is_whole(row):
                    continue  # made or gone meanwhile
                if repair and not found.kinds:
                    raise NothingThere
                key = row.storage_key
                if repair:
                    _forget(row)
                    found.repaired += 1
            yield key


def _is_whole(row: Row) -> bool:
    try:
        return _fits(row, storage.size(row.storage_key))
    except FileNotFoundError:
        return False


def _forget(row: Row) -> None:
    """What is left of the file goes. The same recording brought again is kept anew; a shard's sound is made again, and
    so is what was made for somebody, when they ask for it."""
    storage.delete(row.storage_key)
    if isinstance(row, Rendition | Takeout):
        row.delete()
        return
    row.storage_key = ""
    row.save(update_fields=["storage_key"])


def _remove(key: str) -> bool:
    """Remove a file unless a row names it by now."""
    if PurePosixPath(key).parts[0] in {MEDIA, TAKEOUTS}:
        return files.delete_unused(key)
    if key in _rows_of([PurePosixPath(key)]):
        return False
    storage.delete(key)
    return True
