"""A file has arrived: refuse it in a sentence, or make it somebody's entry over new, running or finished work."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.template.defaultfilters import filesizeformat

from accounts.models import User
from transcriptions import configuration, locks, metrics, storage, trail
from transcriptions.configuration import current
from transcriptions.engine.errors import EngineError
from transcriptions.engine.examine import examine
from transcriptions.engine.options import Options, is_of_english_alone
from transcriptions.engine.probe import track_of
from transcriptions.engine.values import Probe
from transcriptions.models import Media, Transcript, Transcription, Upload
from transcriptions.workflow import files, passages, programs, quota, state, telling
from transcriptions.workflow.programs import Request
from transcriptions.workflow.share import SHARED_BY_EVERYONE, share_or_start, start_anew

logger = structlog.get_logger(__name__)

KNOWN = ("size_bytes", "container", "duration_seconds", "bit_rate", "video_codec", "audio_tracks", "created_at")


CHOICES = ("language", "preset", "task", "hotwords", "live")  # of the options, those that people choose with a file


PASSING = frozenset({"no_space", "storage_away"})  # nothing is wrong with the file: it can be taken later


class Refused(Exception):  # noqa: N818 - a verdict, not an error
    """The file is not taken; `code` and `values` make the sentence."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class ReceivedFile:
    """A complete file in a temporary place, which intake moves away or leaves to be removed. `name` is what its sender
    calls it."""

    name: str
    path: Path
    size_bytes: int
    sha256: str


def accept_upload(
    *, user: User, upload: ReceivedFile, chosen: Mapping[str, Any], now: datetime, request: Request | None = None
) -> Transcription:
    """Raises Refused. Of many who bring the same file at once, one starts the work and the others join it.

    chosen: of engine.options.Options by name, what the person has chosen; an empty text is no choice.

    request: where a program brings it. What it brings again has the entry that it had.
    """
    try:
        ask_quota(user, upload.size_bytes)
    except Refused as refused:
        metrics.uploads.labels(outcome=refused.code).inc()
        raise
    return take_in(user=user, upload=upload, chosen=chosen, now=now, request=request)


def ask_quota(user: User, size_bytes: int, uploads: int = 0, but: Upload | None = None) -> None:
    """Whether a person may have so many more bytes, and uploads under way. Raises Refused."""
    try:
        quota.ask(user, size_bytes, uploads, but)
    except quota.QuotaExceeded as exceeded:
        raise Refused(exceeded.code, **limits(exceeded.code)) from None


def limits(code: str) -> dict[str, str]:
    """What the sentence about a file that is too much has to say."""
    told = {
        "too_many_uploads": str(current.MAX_UPLOADS_PER_USER),
        "quota_bytes": filesizeformat(current.MAX_BYTES_PER_USER),
        "quota_hours": f"{current.MAX_HOURS_PER_USER:g}",
    }
    largest = filesizeformat(current.MAX_UPLOAD_BYTES)
    return {"limit": told.get(code, largest), "hours": f"{current.MAX_DURATION_HOURS:g}"}


def take_in(
    *,
    user: User,
    upload: ReceivedFile,
    chosen: Mapping[str, Any],
    now: datetime,
    begun: Transcription | None = None,
    request: Request | None = None,
    callback: Mapping[str, Any] | None = None,
) -> Transcription:
    """What `accept_upload` does with a file that its person may have. Raises Refused.

    begun: their entry over what had arrived of this file before, which goes on over all of it.

    callback: of an upload; see telling.
    """
    try:
        options = options_of(chosen)
        with trail.stage("validate"):
            media = _examine(upload, user, options.track, now)
    except Refused as refused:
        metrics.uploads.labels(outcome=refused.code).inc()
        raise
    with transaction.atomic():
        media = _keep(media, upload, begun)
        if begun:
            entry = _go_on(begun, media, options, now)
        elif request:
            found = programs.entry_before(request, user, media, options, now)
            asked = {"by_program": True, "request_key": request.digest, "callback": dict(request.callback)}
            entry = found or new_entry(user, share_or_start(media, options, user, now), upload.name, now, **asked)
        else:
            transcript = share_or_start(media, options, user, now)
            entry = new_entry(user, transcript, upload.name, now, callback=dict(callback or {}))
    metrics.uploads.labels(outcome="accepted").inc()
    logger.info("accepted", transcription=str(entry.pk), transcript=entry.transcript_id, size_bytes=upload.size_bytes)
    return entry


def new_entry(user: User, transcript: Transcript, name: str, now: datetime, **fields: Any) -> Transcription:
    """name: of the file, as its sender has it."""
    entry = Transcription.objects.create(
        user=user,
        transcript=transcript,
        title=PurePosixPath(clean_name(name)).stem[:200] or "?",
        file_name=clean_name(name),
        created_at=now,
        **fields,
    )
    passages.learn_entry(entry.pk)
    telling.tell_of(entry)
    return entry


def _go_on(entry: Transcription, media: Media, options: Options, now: datetime) -> Transcription:
    """With what was made of the file while it arrived; or where its bytes turn out to be known and somebody has the
    same work, with that. The media is locked."""
    beginning = Media.objects.exclude(pk=media.pk).filter(transcripts__transcriptions=entry.pk).first()
    own = Transcript.objects.select_for_update().filter(transcriptions=entry.pk).first()
    if own and own.state == Transcript.State.FAILED and entry.cancelled_at is None:
        state.restart(own, now)
    if beginning is None or own is None:
        return entry
    if Transcript.objects.filter(media=media, reuse_key=own.reuse_key).exists():
        entry.transcript = share_or_start(media, options, entry.user, now)
        entry.save(update_fields=["transcript"])
        telling.tell_of(entry)
        for corrections in (entry.changes, entry.edits):  # by their times they stand over the same words
            corrections.filter(transcript=own).update(transcript=entry.transcript)
        state.discard(own)
    else:
        own.media = media
        own.save(update_fields=["media"])
    beginning.delete()
    return entry


def options_of(chosen: Mapping[str, Any], track: int | None = None) -> Options:
    """Raises Refused."""
    try:
        cleaned = {name: printable(value) if isinstance(value, str) else value for name, value in chosen.items()}
        cleaned["live"] = bool(cleaned.get("live"))
        options = configuration.options(**{name: value for name, value in cleaned.items() if value}, track=track)
    except ValueError:
        raise Refused("unknown_option") from None
    if options.is_beyond_the_model:
        raise Refused("english_only")
    return options


def accept_track(*, entry: Transcription, track: str, now: datetime) -> Transcription:
    """Another entry of the same person over another audio track of the same file. Raises Refused("no_track")."""
    with transaction.atomic():
        media = Media.objects.select_for_update().filter(transcripts=entry.transcript_id).first()
        known = {str(found.index): found.index for found in media.tracks} if media and media.storage_key else {}
        if media is None or track not in known:
            raise Refused("no_track")
        options = replace(Options(**entry.transcript.options), track=known[track])
        other = Transcription.objects.create(
            user=entry.user,
            transcript=share_or_start(media, options, entry.user, now),
            title=entry.title,
            file_name=entry.file_name,
            created_at=now,
        )
        telling.tell_of(other)
    return other


def task_of(before: Options) -> str:
    """Of what was made earlier, where today's model can do it, too."""
    return "" if is_of_english_alone(configuration.model_name()) else before.task


def accept_again(*, entry: Transcription, chosen: Mapping[str, str], now: datetime) -> None:
    """Have an entry's recording transcribed anew, with other options or the same; others who have its text keep it.

    Raises Refused, with "recording_gone" where the file is no longer kept.
    """
    with transaction.atomic():
        its = Media.objects.select_for_update(of=("self",)).filter(transcripts__transcriptions=entry.pk)
        media = its.first()
        if media is None or not storage.exists(media.storage_key):
            raise Refused("recording_gone")
        entry.refresh_from_db(fields=["transcript"])  # the media is locked: this is the truth now
        old = Transcript.objects.select_for_update().get(pk=entry.transcript_id)
        if old.is_live:
            return  # asked for twice
        before = Options(**old.options)
        wanted = {name: value for name, value in chosen.items() if value}
        kept = {"task": task_of(before), "hotwords": before.hotwords}
        options = options_of({**kept, **wanted}, track=before.track)
        entry.transcript = start_anew(media, options, entry.user, now)
        entry.cancelled_at = None
        entry.save(update_fields=["transcript", "cancelled_at"])
        files.forget(entry.renditions.all())  # it shows the old text
        if not (Transcription.all_there_are.filter(transcript=old).exists() or old.edits.exists()):
            old.delete()


def _examine(upload: ReceivedFile, user: User, track: int | None, now: datetime) -> Media:
    """A Media, not saved yet, or the one that stands for these bytes already: it is not looked at again.

    But for who does not have it, where that others have it is a secret: the time of the answer would tell.
    """
    if not upload.size_bytes:
        raise Refused("empty_file")
    media = Media.objects.filter(sha256=upload.sha256).first()
    if current.CACHE_SCOPE != SHARED_BY_EVERYONE and not user.transcriptions.filter(transcript__media=media).exists():
        media = None  # `_keep` finds it again
    try:
        if media is None:
            media = _new(upload, examine(configuration.ffmpeg(), upload.path, track), now)
        heard = track_of(media.tracks, track)
    except EngineError as error:
        raise Refused(error.code, **error.values) from error
    if max(media.duration_seconds or 0, heard.offset_seconds) > current.MAX_DURATION_HOURS * 3600:
        raise Refused("too_long", **limits("too_long"))
    return media


def _new(upload: ReceivedFile, found: Probe, now: datetime) -> Media:
    return Media(
        sha256=upload.sha256,
        size_bytes=upload.size_bytes,
        container=found.container,
        duration_seconds=found.duration_seconds,
        bit_rate=found.bit_rate,
        video_codec=found.video_codec if found.video else "",
        audio_tracks=[asdict(track) for track in found.audio_tracks],
        created_at=now,
    )


def _keep(media: Media, upload: ReceivedFile, begun: Transcription | None) -> Media:
    """The saved row, locked, with its bytes in the storage: the original, whatever was kept of an earlier one.

    Where nobody had these bytes, it is the row of what had arrived of them before.
    """
    key = storage.media_key(media.sha256)
    locks.hold(key)
    known = {name: getattr(media, name) for name in KNOWN}  # a clean-up may just have removed the row
    if begun:
        its = Media.objects.filter(transcripts__transcriptions=begun.pk).values("pk")
        both = Q(pk__in=its) | Q(sha256=upload.sha256)
        rows = list(Media.objects.select_for_update().filter(both).order_by("pk"))  # whoever needs two has them in turn
        if all(row.sha256 != upload.sha256 for row in rows):
            Media.objects.filter(pk__in=[row.pk for row in rows]).update(sha256=upload.sha256, **known)
    media, _ = Media.objects.select_for_update().get_or_create(sha256=upload.sha256, defaults=known)
    try:
        if not _is_whole(key, upload.size_bytes):
            storage.adopt(upload.path, key)
    except storage.Unavailable as error:
        metrics.uploads.labels(outcome=error.code).inc()
        raise Refused(error.code) from error
    if media.storage_key != key:
        files.keep_instead(media, key)
    return media


def _is_whole(key: str, size_bytes: int) -> bool:
    try:
        return storage.size(key) == size_bytes
    except FileNotFoundError:
        return False


def clean_name(name: str) -> str:
    """A file's name as people typed it: no folders, no control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return printable(last)[:255]


def printable(text: str) -> str:
    """Without what nobody sees."""
    return "".join(letter for letter in text if letter.isprintable()).strip()
