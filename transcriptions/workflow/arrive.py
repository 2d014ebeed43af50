"""A file arrives little by little: from the row that expects it to the entry it becomes, or the sentence it is refused
with. What can be read from its front is transcribed while the rest is on its way.
"""

import logging
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from transcriptions import configuration, incoming, metrics, queue, storage, temporary, trail
from transcriptions.configuration import current
from transcriptions.engine.examine import examine_beginning
from transcriptions.engine.magic import HEAD_BYTES, what_else
from transcriptions.incoming import Writer
from transcriptions.models import Media, Transcript, Transcription, Upload
from transcriptions.storage import StoredFile
from transcriptions.workflow import history, state, telling
from transcriptions.workflow.intake import (
    PASSING,
    ReceivedFile,
    Refused,
    ask_quota,
    clean_name,
    limits,
    new_entry,
    options_of,
    printable,
    take_in,
)
from transcriptions.workflow.programs import KEY_REMEMBERED, Request
from transcriptions.workflow.share import share_or_start

logger = logging.getLogger(__name__)

EARLIEST_SECONDS = 1.0  # what arrives within that needs no transcribing on the way
EARLIEST_BYTES = 8192  # enough to tell what it is, and again whenever it has doubled
REFUSED_KEPT = 50  # of one person, to be told
Arriving = list[tuple[uuid.UUID, StoredFile]]  # as incoming.files gives them


class Later(Exception):  # noqa: N818 - a verdict
    """Nothing can be taken in just now."""


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
    metadata: str = "",
    request: Request | None = None,
) -> Upload:
    """A new upload of which nothing is there yet; size_bytes may be said later. Raises Refused.

    chosen: with it; the rest is as its person usually has it.

    address: where a media worker fetches it from, which makes the file. metadata: what its sender is told again.
    request: where a program asks for it. What it asks for again is the upload that it was.
    """
    chosen = {**user.defaults, **chosen}
    try:
        options_of(chosen)
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)  # of many at once no more than allowed
            if before := _before(user, address, request, now):
                return before
            _ask_for(user, size_bytes, uploads=1)
            upload = Upload.objects.create(
                user=user,
                file_name=clean_name(name),
                size_bytes=size_bytes,
                last_modified=last_modified,
                metadata=metadata,
                chosen={option: printable(value) for option, value in chosen.items()},
                address=address,
                request_key=request.digest if request else "",
                callback=dict(request.callback) if request else {},
                origin=trail.origin(),
                created_at=now,
                expires_at=_expiry(now),
            )
            _forget_long_refused(user)
    except Refused as refused:
        metrics.uploads.labels(outcome=refused.code).inc()
        raise
    if not address:
        incoming.create(upload.pk)
    return upload


def _before(user: User, address: str, request: Request | None, now: datetime) -> Upload | None:
    """What the same request, by its key, has made already."""
    if request is None or not request.key:
        return None
    same = user.uploads.filter(request_key=request.digest, address=address, created_at__gt=now - KEY_REMEMBERED)
    return same.order_by("-created_at", "pk").first()


def _forget_long_refused(user: User) -> None:
    refused = user.uploads.exclude(error_code="").order_by("-created_at").values_list("pk", flat=True)
    Upload.objects.filter(pk__in=list(refused[REFUSED_KEPT:])).delete()


def say_size(upload: Upload, size_bytes: int) -> None:
    """Its sender knows by now how long it will be. Raises Refused, with the upload as it was, and Gone."""
    _ask_for(upload.user, size_bytes, but=upload)
    if not Upload.objects.filter(pk=upload.pk).update(size_bytes=size_bytes):
        raise Gone
    upload.size_bytes = size_bytes


def _ask_for(user: User, said_bytes: int | None, uploads: int = 0, but: Upload | None = None) -> None:
    if said_bytes == 0:
        raise Refused("empty_file")
    size_bytes = said_bytes or 0
    if size_bytes > current.MAX_UPLOAD_BYTES:
        raise Refused("too_large", **limits("too_large"))
    if not storage.has_room(size_bytes):
        raise Refused("no_space")
    ask_quota(user, size_bytes, uploads, but)


def prolong(upload: Upload, now: datetime) -> None:
    """Its sender goes on with it. Raises Gone."""
    upload.expires_at = _expiry(now)
    if not Upload.objects.filter(pk=upload.pk).update(expires_at=upload.expires_at, stalls=False):
        raise Gone
    if upload.stalls:
        upload.stalls = False
        queue.wake("media")


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
    """Refuse it by what has come, or have that transcribed while the rest comes. Raises Refused, Gone."""
    prolong(upload, now)
    look_at_head(upload, writer, now)
    if upload.size_bytes is None:
        ask_quota(upload.user, 0)
    is_known = upload.transcription_id is not None or upload.waits
    if (
        not is_known
        and (now - upload.created_at).total_seconds() > EARLIEST_SECONDS
        and writer.size != upload.size_bytes
    ):
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
        row.transcription = new_entry(upload.user, transcript, upload.file_name, now, callback=upload.callback)
        row.save(update_fields=["transcription"])
    upload.transcription = row.transcription
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
        entry = take_in(
            user=upload.user, upload=file, chosen=upload.chosen, now=now, begun=begun, callback=upload.callback
        )
        fields = {"transcription": entry, "completed_at": now, "size_bytes": file.size_bytes}
        if not Upload.objects.filter(pk=upload.pk).update(**fields, expires_at=_expiry(now)):
            raise Gone
        trail.past("upload", trail.origin(), upload.created_at, now)
        if begun:
            queue.wake("media")  # it may have waited for the rest
    return entry


def refuse(upload: Upload, code: str, now: datetime) -> None:
    """What has arrived goes. Text that was made of it stays, with the sentence. What is complete is not touched."""
    if not Upload.objects.filter(pk=upload.pk, completed_at=None, error_code="").update(error_code=code):
        return
    begun = Transcription.objects.filter(upload=upload).first()
    if begun:
        state.stop(begun.transcript_id, Transcript.State.FAILED, now, code=code)
    else:
        telling.tell_of_refused(upload, code, now)
    incoming.remove(upload.pk)


def give_up(upload: Upload, now: datetime) -> None:
    """Its person does not want it any more, nor the text that was made of it. What is complete stays in the history."""
    begun = Transcription.objects.filter(upload=upload, upload__completed_at=None).select_related("user").first()
    if begun:
        history.delete(entry=begun, now=now)  # and the upload with it
    Upload.objects.filter(pk=upload.pk).delete()
    incoming.remove(upload.pk)


def take_in_what_is_complete(now: datetime) -> None:
    """Of the uploads on this host whose last byte came just before a kill, or while nothing could be taken in."""
    for upload in _arriving().filter(address="").exclude(size_bytes=None):
        try:
            if incoming.size(upload.pk) == upload.size_bytes:
                with incoming.writer(upload.pk) as writer:
                    _settle(upload, writer, now)
        except (FileNotFoundError, incoming.Busy):
            continue  # on another host, or somebody is at it just now
        except Later:
            return
        except Exception:
            logger.exception("Upload %s could not be taken in; it is tried again.", upload)


def expired(now: datetime) -> QuerySet[Upload]:
    """Those that nobody goes on with."""
    return Upload.objects.filter(expires_at__lt=now).order_by("pk")


def end(upload: Upload, now: datetime) -> bool:
    """End one that nobody goes on with; False when somebody does, or it cannot be done just now. What has come of a
    recording that could be read is all there will be of it."""
    try:
        with incoming.writer(upload.pk) as writer:
            still = expired(now).filter(pk=upload.pk).select_related("user").first()
            if still is None:
                return False
            is_to_be_read = still.transcription_id is not None
            if is_to_be_read:
                _settle(still, writer, now)
    except FileNotFoundError:
        return _end_without_a_file(upload, now)
    except (incoming.Busy, Later):
        return False
    ended, _ = Upload.objects.filter(pk=upload.pk, completed_at=None).delete()  # what was taken in answers for a while
    incoming.remove(upload.pk)
    return bool(ended) or is_to_be_read


def _end_without_a_file(upload: Upload, now: datetime) -> bool:
    """It is over; or it arrives at another host, which has its time twice."""
    gone = Q(expires_at__lt=now - timedelta(hours=settings.UPLOAD_EXPIRES_HOURS))
    over = ~Q(completed_at=None, error_code="")
    ended, _ = expired(now).filter(gone | over, pk=upload.pk).delete()
    return bool(ended)


def strays(there: Arriving) -> Arriving:
    """Of the files that were there, those that have lost their rows: a row is there before its file, and goes before
    it."""
    wanted = set(_arriving().values_list("pk", flat=True))
    return [(upload_id, file) for upload_id, file in there if upload_id not in wanted]


def _arriving() -> QuerySet[Upload]:
    return Upload.objects.filter(completed_at=None, error_code="").select_related("user").order_by("created_at", "pk")


def _settle(upload: Upload, writer: Writer, now: datetime) -> None:
    """Take it in, or refuse it for good. Raises Later."""
    try:
        complete(upload, writer, now)
    except Refused as refused:
        logger.info("Upload %s was not taken in: %s.", upload, refused)
        if refused.code in PASSING:
            raise Later from None
    except Gone:
        logger.info("Upload %s is no longer wanted.", upload)


def _second_name(file: Path, name: Path) -> Path:
    """A copy where there can be no links."""
    try:
        name.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, name)
    return name


def _expiry(now: datetime) -> datetime:
    return now + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS)
