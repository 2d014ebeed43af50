"""The files of recordings, removed so that no kill leaves a row without its bytes.

The row is written first and its bytes go after the commit. A kill between the two leaves bytes without a row, which the
clean-up finds. Whoever gives a file its place holds its key (locks.hold) until his row is committed.
"""

from collections.abc import Collection
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from transcriptions import locks, storage
from transcriptions.models import Media, Rendition, Takeout, Transcription

Made = TypeVar("Made", Rendition, Takeout)


def forget_bytes_nobody_has(media: Media) -> int | None:
    """Remove a recording, locked by the caller, that stands in no history; the row too when nothing hangs on it.

    Bytes that go with the commit; None when there was nothing to do.
    """
    if Transcription.all_there_are.filter(transcript__media=media).exists():
        return None
    if media.transcripts.exists():
        return keep_instead(media, "") if media.storage_key else None
    freed = keep_instead(media, "")
    media.delete()
    return freed


def keep_instead(media: Media, key: str) -> int:
    """Have the row, locked by the caller, point to another file or to none; the bytes of the one it had and of what
    was made of that, which go."""
    old, media.storage_key = media.storage_key, key
    media.save(update_fields=["storage_key"])
    return delete_after_commit(old) + forget(media.renditions.all())


def forget(made: QuerySet[Made]) -> int:
    """Remove what was made for people, or is about to be: whoever makes it sees that its row is gone. Bytes that go
    with the commit."""
    rows = list(made.select_for_update(of=("self",)).order_by("pk"))
    made.model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
    return sum(delete_after_commit(row.storage_key) for row in rows)


def has_original(media: Media) -> bool:
    """Whether what was uploaded is kept, and not its sound alone."""
    return media.storage_key == storage.media_key(media.sha256)


def names(media: Media) -> list[str]:
    """The keys of a recording and of what was made of it."""
    made = media.renditions.order_by("pk").values_list("storage_key", flat=True)
    return [key for key in (media.storage_key, *made) if key]


def in_use(keys: Collection[str]) -> set[str]:
    """Those that a row names."""
    rows: tuple[QuerySet[Any], ...] = (Media.objects.all(), Rendition.objects.all(), Takeout.objects.all())
    named = (some.filter(storage_key__in=keys).order_by().values_list("storage_key", flat=True) for some in rows)
    return set(chain.from_iterable(named))


def delete_after_commit(key: str) -> int:
    """Its size in bytes; 0 where there is none, or nobody can tell now."""
    if not key:
        return 0
    transaction.on_commit(partial(delete_unused, key), robust=True)  # what cannot be deleted now, the clean-up finds
    try:
        return storage.size(key)
    except (FileNotFoundError, storage.Unavailable):
        return 0


def delete_unused(key: str) -> bool:
    """Delete a file unless a row points to it, or is just about to."""
    with transaction.atomic():
        locks.hold(key)
        if in_use([key]):
            return False
        storage.delete(key)
        return True
