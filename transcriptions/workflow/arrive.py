"""A file arrives little by little: from the row that expects it to the entry it becomes, or the sentence it is refused
with. What can be read from its front is transcribed while the rest is on its way.
"""

import logging
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat

from accounts.models import User
from transcriptions import configuration, incoming, metrics, storage, temporary
from transcriptions.engine.examine import examine_beginning
from transcriptions.engine.magic import HEAD_BYTES, what_else
from transcriptions.incoming import Writer
from transcriptions.models import Media, Transcript, Transcription, Upload
from transcriptions.storage import StoredFile
from transcriptions.workflow import history, state
from transcriptions.workflow.intake import ReceivedFile, Refused, ask_quota, clean_name, new_entry, options_of, take_in
from transcriptions.workflow.share import share_or_start

logger = logging.getLogger(__name__)

EARLIEST_SECONDS = 1.0  # what arrives within that needs no transcribing on the way
EARLIEST_BYTES = 8192  # enough to tell what it is, and again whenever it has doubled
Arriving = list[tuple[uuid.UUID, StoredFile]]  # as incoming.files gives them
PASSING = frozenset({"no_space", "storage_away"})  # why nothing can be taken in just now


class Gone(Exception):  # noqa: N818 - a verdict
    """Its person has deleted it meanwhile."""


def expect(
    *,
    user: User,
    name: str,
    size_bytes: int | None,
    last_modified: int | None,
    chosen: Mapping[str, str],
    now: datetime,
    address: str = "",
) -> Upload:
    """A new upload of which nothing is there yet; size_bytes may be said later. Raises Refused."""
    try:
        options_of(chosen)
        _ask_for(user, size_bytes, uploads=1)
    except Refused as refused:
        metrics.uploads.labels(outcome=refused.code).inc()
        raise
    upload = Upload.objects.create(
        user=user,
        file_name=clean_name(name),
        size_bytes=size_bytes,
        last_modified=last_modified,
        chosen=dict(chosen),
        address=address,
        created_at=now,
        expires_at=_expiry(now),
    )
    incoming.create(upload.pk)
    return upload


def say_size(upload: Upload, size_bytes: int) -> None:
    """Its sender knows by now how long it will be. Raises Refused, with the upload as it was."""
    _ask_for(upload.user, size_bytes)
    upload.size_bytes = size_bytes
    upload.save(update_fields=["size_bytes"])


def limits() -> dict[str, str]:
    """What sentences about a file that does not fit have to say."""
    return {"limit": filesizeformat(settings.MAX_UPLOAD_BYTES), "hours": f"{settings.MAX_DURATION_HOURS:g}"}


def _ask_for(user: User, said_bytes: int | None, uploads: int = 0) -> None:
    if said_bytes == 0:
        raise Refused("empty_file")
    size_bytes = said_bytes or 0
    if size_bytes > settings.MAX_UPLOAD_BYTES:
        raise Refused("too_large", **limits())
    if not storage.has_room(size_bytes):
        raise Refused("no_space")
    ask_quota(user, size_bytes, uploads)


def prolong(upload: Upload, now: datetime) -> None:
    upload.expires_at = _expiry(now)
    Upload.objects.filter(pk=upload.pk).update(expires_at=upload.expires_at)


def look_at_head(upload: Upload, writer: Writer, now: datetime) -> None:
    """Refuse what is certainly no recording by its first bytes. Raises Refused."""
    if writer.size >= HEAD_BYTES and (found := what_else(writer.head(HEAD_BYTES))):
        refuse(upload, found, now)
        raise Refused(found)


def is_worth_a_look(upload: Upload, before: int, after: int) -> bool:
    """Now that so many bytes are there: its head is, or it has doubled."""
    if before < HEAD_BYTES <= after:
        return True
    return after.bit_length() > max(before, EARLIEST_BYTES - 1).bit_length() and after != upload.size_bytes


def look(upload: Upload, writer: Writer, now: datetime) -> None:
    """Refuse it by what has come, or have that transcribed while the rest comes. Raises Refused."""
    look_at_head(upload, writer, now)
    if (now - upload.created_at).total_seconds() > EARLIEST_SECONDS and writer.size != upload.size_bytes:
        begin(upload, now)


def begin(upload: Upload, now: datetime) -> bool:
    """Have what is there transcribed, and what comes as it comes; False where the rest has to be waited for."""
    options = options_of(upload.chosen)
    found = examine_beginning(configuration.ffmpeg(), incoming.path(upload.pk), options.track)
    if found is None:
        return False
    with transaction.atomic():
        row = Upload.objects.select_for_update().filter(pk=upload.pk, transcription=None, completed_at=None).first()
        if row is None:
            return True
        media = Media.objects.create(
            sha256=str(upload.pk),
            size_bytes=0,
            container=found.container,
            video_codec=found.video_codec if found.video else "",
            audio_tracks=[asdict(track) for track in found.audio_tracks],
            created_at=now,
        )
        transcript = share_or_start(media, options, upload.user, now)
        row.transcription = new_entry(upload.user, transcript, upload.file_name, now)
        row.save(update_fields=["transcription"])
    return True


def complete(upload: Upload, writer: Writer, now: datetime) -> Transcription:
    """All of it is there: take it in. A kill leaves it to be done again. Raises Gone, and Refused: with a code of
    PASSING the file stays, to be taken in later."""
    with temporary.folder("intake") as folder:
        # A second name of the same bytes: the first one goes once the rows are there.
        place = _second_name(incoming.path(upload.pk), folder / "file")
        file = ReceivedFile(upload.file_name, place, writer.size, writer.sha256())
        try:
            entry = _take_in(upload, file, now)
        except Refused as refused:
            if refused.code not in PASSING:
                refuse(upload, refused.code, now)
            raise
        finally:
            if not Upload.objects.filter(pk=upload.pk, completed_at=None, error_code="").exists():
                incoming.remove(upload.pk)
    return entry


def _take_in(upload: Upload, file: ReceivedFile, now: datetime) -> Transcription:
    begun = Transcription.objects.filter(upload=upload).select_related("user").first()
    with transaction.atomic():
        entry = take_in(user=upload.user, upload=file, chosen=upload.chosen, now=now, begun=begun)
        fields = {"transcription": entry, "completed_at": now, "size_bytes": file.size_bytes}
        if not Upload.objects.filter(pk=upload.pk).update(**fields, expires_at=_expiry(now)):
            raise Gone
    return entry


def refuse(upload: Upload, code: str, now: datetime) -> None:
    """What has arrived goes. Text that was made of it stays, with the sentence."""
    Upload.objects.filter(pk=upload.pk).update(error_code=code)
    begun = Transcription.objects.filter(upload=upload).first()
    if begun:
        state.stop(begun.transcript_id, Transcript.State.FAILED, now, code=code)
    incoming.remove(upload.pk)


def give_up(upload: Upload, now: datetime) -> None:
    """Its person does not want it any more, nor the text that was made of it. What is complete stays in the history."""
    begun = Transcription.objects.filter(upload=upload, upload__completed_at=None).select_related("user").first()
    if begun:
        history.delete(entry=begun, now=now)
    Upload.objects.filter(pk=upload.pk).delete()
    incoming.remove(upload.pk)


def take_in_what_is_complete(now: datetime) -> None:
    """Of the uploads on this host whose last byte came just before a kill."""
    whole = _arriving().filter(address="").exclude(size_bytes=None)
    for upload in whole:
        with suppress(FileNotFoundError, incoming.Busy):  # on another host, or somebody is at it just now
            if incoming.size(upload.pk) == upload.size_bytes:
                _try_to_take_in(upload, now)


def expired(now: datetime) -> QuerySet[Upload]:
    """Those that nobody goes on with."""
    return Upload.objects.filter(expires_at__lt=now).select_related("user").order_by("pk")


def end(upload: Upload, now: datetime) -> bool:
    """End one that nobody goes on with; False when somebody does just now. What has come of a recording that could be
    read is all there will be of it."""
    with suppress(incoming.Busy):
        if upload.transcription_id and not upload.completed_at:
            with suppress(FileNotFoundError):
                _try_to_take_in(upload, now)
        Upload.objects.filter(pk=upload.pk).delete()
        incoming.remove(upload.pk)
        return True
    return False


def strays(there: Arriving) -> Arriving:
    """Of the files that were there, those that have lost their rows: a row is there before its file, and goes before
    it."""
    wanted = set(_arriving().values_list("pk", flat=True))
    return [(upload_id, file) for upload_id, file in there if upload_id not in wanted]


def _arriving() -> QuerySet[Upload]:
    return Upload.objects.filter(completed_at=None, error_code="").select_related("user").order_by("created_at", "pk")


def _try_to_take_in(upload: Upload, now: datetime) -> None:
    with incoming.writer(upload.pk) as writer:
        try:
            complete(upload, writer, now)
        except (Refused, Gone) as verdict:
            logger.info("Upload %s was not taken in: %s.", upload, verdict)


def _second_name(file: Path, name: Path) -> Path:
    """The file itself where there can be no links."""
    try:
        name.hardlink_to(file)
    except OSError:
        return file
    return name


def _expiry(now: datetime) -> datetime:
    return now + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS)
