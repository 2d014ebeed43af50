"""Bytes without a row, rows without bytes, rows without a reason, as sentences. An empty list is a tidy house."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from transcriptions import storage
from transcriptions.models import Media, Rendition, Shard, Takeout, Transcript, Transcription, Upload
from transcriptions.workflow import inventory, keep


def orphans() -> list[str]:
    return [*_in_the_storage(), *_temporary(), *_media(), *_transcripts(), *_uploads_and_pictures(), *_reported()]


def _reported() -> Iterator[str]:
    found = inventory.take(timezone.now() + timedelta(days=365), repair=False)
    yield from (f"reported: {key}" for key in (*found.files_without_row, *found.rows_without_file))


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def rows_without_their_file() -> list[str]:
    """Of these there is none at any time, whoever was killed."""
    media = Media.objects.exclude(storage_key="").order_by("pk").values_list("storage_key", flat=True)
    made = Rendition.objects.exclude(storage_key="").order_by("pk").values_list("storage_key", flat=True)
    zips = Takeout.objects.exclude(storage_key="").order_by("pk").values_list("storage_key", flat=True)
    return [f"a row without its file: {key}" for key in (*media, *made, *zips) if not storage.exists(key)]


def _in_the_storage() -> Iterator[str]:
    live = Shard.objects.filter(transcript__state__in=Transcript.LIVE, state=Shard.State.OFFERED)
    rows = (Media.objects.all(), Rendition.objects.all(), Takeout.objects.all(), live)
    named = {key for some in rows for key in some.values_list("storage_key", flat=True)}
    yield from (f"a file without a row: {key}" for key in sorted(_files(settings.STORAGE_DIR) - named))
    yield from rows_without_their_file()
    yield from (f"a folder of sound: {folder.name}" for folder in Path(settings.STORAGE_DIR, "shards").glob("*"))


def _temporary() -> Iterator[str]:
    yield from (f"a temporary file: {path}" for path in Path(settings.TEMP_DIR).rglob("*"))
    yield from (f"a file that no longer arrives: {path}" for path in Path(settings.UPLOAD_DIR).rglob("*"))


def _media() -> Iterator[str]:
    for media in Media.objects.all():
        entries = list(Transcription.objects.filter(transcript__media=media).select_related("user"))
        if not media.transcripts.exists():
            yield f"a media nothing hangs on: {media}"
        if media.storage_key and not entries:
            yield f"bytes in nobody's history: {media}"
        wishes = [keep.wish(entry.user, entry.created_at, timezone.now()) for entry in entries]
        states = set(media.transcripts.values_list("state", flat=True))
        if media.storage_key and set(wishes) == {"nothing"}:
            yield f"bytes that nobody wants: {media}"
        if media.storage_key == storage.media_key(media.sha256) and states == {"done"} and "original" not in wishes:
            yield f"an original that nobody wants: {media}"


def _transcripts() -> Iterator[str]:
    for transcript in Transcript.objects.all():
        if transcript.is_live:
            yield f"unfinished: {transcript}"
        elif transcript.state != Transcript.State.DONE and not transcript.transcriptions.exists():
            yield f"useless and nobody's: {transcript}"
        if transcript.lease_owner or transcript.shards.exclude(lease_owner="").exists():
            yield f"still held: {transcript}"
        if transcript.state == Transcript.State.DONE and transcript.shards.exclude(state=Shard.State.DONE).exists():
            yield f"done, with a shard that is not: {transcript}"


def _uploads_and_pictures() -> Iterator[str]:
    yield from (f"an upload past its time: {upload}" for upload in Upload.objects.filter(expires_at__lt=timezone.now()))
    for rendition in Rendition.objects.all():
        if rendition.state == Rendition.State.WAITING or rendition.lease_owner:
            yield f"not made: {rendition}"
        if rendition.media.storage_key != storage.media_key(rendition.media.sha256):
            yield f"made of what is not kept any more: {rendition}"


def everything() -> dict[str, int]:
    models = (User, Media, Transcript, Shard, Transcription, Upload, Rendition)
    rows = {model.__name__: model._default_manager.count() for model in models}
    folders = {"files": settings.STORAGE_DIR, "temporary": settings.TEMP_DIR, "arriving": settings.UPLOAD_DIR}
    return {**rows, **{name: len(_files(folder)) for name, folder in folders.items()}}
