"""The files of recordings, removed so that no kill leaves a row without its bytes.

The row is written first and its bytes go after the commit. A kill between the two leaves bytes without a row, which the
clean-up finds. Whoever gives a file its place holds its key (locks.hold) until his row is committed.
"""

from functools import partial

from django.db import transaction

from transcriptions import locks, storage
from transcriptions.models import Media, Transcription


def forget_bytes_nobody_has(media: Media) -> int | None:
    """Remove a recording, locked by the caller, that stands in no history; the row too when nothing hangs on it.

    Bytes that go with the commit; None when there was nothing to do.
    """
    if Transcription.objects.filter(transcript__media=media).exists():
        return None
    if media.transcripts.exists():
        return keep_instead(media, "") if media.storage_key else None
    key = media.storage_key
    media.delete()
    return delete_after_commit(key)


def keep_instead(media: Media, key: str) -> int:
    """Have the row, locked by the caller, point to another file or to none; the size of the one it had, which goes."""
    old, media.storage_key = media.storage_key, key
    media.save(update_fields=["storage_key"])
    return delete_after_commit(old)


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
        if Media.objects.filter(storage_key=key).exists():
            return False
        storage.delete(key)
        return True
