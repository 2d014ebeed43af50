"""Files and rows compared: what does not fit is found, put right on request, and nothing in use is touched."""

import hashlib
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from tests.conftest import Accept
from transcriptions import incoming, storage
from transcriptions.models import Media, Shard, Transcript, Upload
from transcriptions.workflow import arrive, inventory, retain
from transcriptions.workflow.prepare import prepare_next

pytestmark = pytest.mark.django_db(transaction=True)

CONTENT = b"nobody's sound"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def take(*, repair: bool = False, hours: float = 25) -> inventory.Inventory:
    """As it would be found so many hours from now."""
    return inventory.take(timezone.now() + timedelta(hours=hours), repair=repair)


@pytest.fixture
def media(alice: User, accept: Accept, spoken: Path) -> Media:
    """A recording whose sound has been cut and waits."""
    accept(alice, spoken)
    prepare_next(lambda: False)
    return Media.objects.get()


def test_every_byte_has_its_kind_and_nothing_is_missing(media: Media) -> None:
    found = take()
    sound = storage.size(Shard.objects.get().storage_key)
    assert {kind: (amount.files, amount.size_bytes) for kind, amount in found.kinds.items()} == {
        "media": (1, media.size_bytes),
        "shards": (1, sound),
    }
    assert found.orphans == found.young.files == 0


@pytest.mark.parametrize(
    "key", [storage.media_key(SHA256), "media/ab/abcd.1f2e3d4c.new", "shards/9/0.s16le", "shards/x", "stray", "a/b/c/d"]
)
def test_a_file_without_a_row_is_found_and_removed(media: Media, key: str) -> None:
    storage.write(key, CONTENT)
    assert (take().files_without_row, take().orphans) == ([key], 1)
    assert take(repair=True).orphans == 0
    assert not storage.exists(key)
    assert take().orphans == 0
    assert [file.key for file in storage.files() if file.key.startswith("media/")] == [media.storage_key]


def test_a_file_that_is_just_being_adopted_is_left_alone(media: Media) -> None:
    storage.write(storage.media_key(SHA256), CONTENT)
    found = take(repair=True, hours=0)
    assert (found.orphans, found.young.files, found.young.size_bytes) == (0, 1, len(CONTENT))
    assert storage.exists(storage.media_key(SHA256))


def test_a_recording_whose_file_is_gone_is_found_and_heals_when_it_comes_again(
    media: Media, alice: User, accept: Accept, spoken: Path
) -> None:
    key = media.storage_key
    storage.delete(key)
    assert (take().rows_without_file, take().orphans) == ([key], 1)
    assert take(repair=True).orphans == 0
    media.refresh_from_db()
    assert media.storage_key == ""
    accept(alice, spoken)
    media.refresh_from_db()
    assert storage.read(media.storage_key, 0, media.size_bytes) == spoken.read_bytes()
    assert take().orphans == 0


def test_a_recording_that_is_not_whole_does_not_count_as_there(media: Media) -> None:
    storage.path(media.storage_key).write_bytes(b"short")
    assert take().rows_without_file == [media.storage_key]
    assert take(repair=True).orphans == 0
    assert not storage.exists(storage.media_key(media.sha256))


def test_lost_sound_is_found_and_made_again(media: Media, work: Callable[[], None]) -> None:
    key = Shard.objects.get().storage_key
    storage.delete(key)
    assert take().rows_without_file == [key]
    assert take(repair=True).orphans == 0
    retain.sweep(timezone.now())
    work()
    assert Transcript.objects.get().state == Transcript.State.DONE


def test_sound_that_has_been_recognised_is_not_missed(media: Media, work: Callable[[], None]) -> None:
    work()
    assert not storage.exists(Shard.objects.get().storage_key)
    assert take().orphans == 0


def test_bytes_of_a_row_that_keeps_none_are_nobodys(media: Media, work: Callable[[], None]) -> None:
    work()
    key = media.storage_key
    Media.objects.update(storage_key="")
    assert take().files_without_row == [key]
    assert take(repair=True).orphans == 0
    assert not storage.exists(key)
    assert Media.objects.filter(pk=media.pk).exists()


def test_an_empty_storage_is_not_taken_at_its_word(media: Media) -> None:
    """It may be another one, or not mounted: rows that forgot their files would have them removed next time."""
    storage.delete_folder("media")
    storage.delete_folder("shards")
    assert take().orphans == 2
    with pytest.raises(inventory.NothingThere):
        take(repair=True)
    media.refresh_from_db()
    assert media.storage_key


def test_a_recording_that_comes_back_at_this_moment_keeps_its_file(
    media: Media, alice: User, accept: Accept, silent: Path
) -> None:
    """Its old bytes lie there without a row, and are about to be removed."""
    key = storage.media_key(hashlib.sha256(silent.read_bytes()).hexdigest())
    storage.write(key, silent.read_bytes())
    removed: list[int] = []

    def remove() -> None:
        try:
            removed.append(take(repair=True).repaired)
        finally:
            connection.close()

    with transaction.atomic():
        accept(alice, silent)
        removing = threading.Thread(target=remove)
        removing.start()
        removing.join(1)
        assert removing.is_alive()  # it waits for the row that is being made
    removing.join(10)
    assert removed == [0]
    assert storage.exists(key)


def test_many_files_are_compared_in_batches(media: Media, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "BATCH", 3)
    keys = [f"media/ff/{index:064x}" for index in range(10)]
    for key in keys:
        storage.write(key, CONTENT)
    assert sorted(take().files_without_row) == keys
    assert take(repair=True).repaired == 10


def test_what_else_was_made_of_a_recording_is_its_rows(media: Media) -> None:
    smaller = f"{media.storage_key}.m4a"
    storage.write(smaller, CONTENT)
    old, media.storage_key = media.storage_key, smaller
    media.save()
    storage.delete(old)
    assert take().orphans == 0


def test_what_arrives_is_a_kind_of_its_own_and_found_when_its_row_is_gone(alice: User) -> None:
    now = timezone.now()
    upload = arrive.expect(user=alice, name="a", size_bytes=50, last_modified=None, chosen={}, now=now)
    with incoming.writer(upload.pk) as writer:
        writer.write(CONTENT)
    found = take()
    assert (found.kinds["uploads"].files, found.kinds["uploads"].size_bytes, found.orphans) == (1, len(CONTENT), 0)
    Upload.objects.filter(pk=upload.pk).delete()
    assert (take(hours=0).orphans, take(hours=0).young.size_bytes) == (0, len(CONTENT))
    assert take().files_without_row == [str(incoming.path(upload.pk))]
    assert (take(repair=True).orphans, take().kinds) == (0, {})
