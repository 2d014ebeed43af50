"""A file has arrived: refuse it in a sentence, or make it somebody's entry over new, running or finished work."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import transaction

from accounts.models import User
from transcriptions import configuration, locks, metrics, storage
from transcriptions.engine.errors import EngineError
from transcriptions.engine.examine import examine
from transcriptions.engine.options import Options
from transcriptions.engine.probe import track_of
from transcriptions.engine.values import Probe
from transcriptions.models import Media, Transcription
from transcriptions.workflow import files
from transcriptions.workflow.share import SHARED_BY_EVERYONE, share_or_start, start_anew

KNOWN = ("size_bytes", "container", "duration_seconds", "bit_rate", "video_codec", "audio_tracks", "created_at")


class Refused(Exception):  # noqa: N818 - a verdict, not an error
    """The file is not taken; `code` and `values` make the sentence."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Upload:
    """A complete file in a temporary place, which intake moves away or leaves to be removed."""

    name: str
    path: Path
    size_bytes: int
    sha256: str


def accept_upload(*, user: User, upload: Upload, chosen: Mapping[str, str], now: datetime) -> Transcription:
    """Raises Refused. Of many who bring the same file at once, one starts the work and the others join it.

    chosen: of engine.options.Options by name, what the person has chosen; an empty text is no choice.
    """
    try:
        options = _options(chosen)
        media = _examine(upload, user, options.track, now)
    except Refused as refused:
        metrics.uploads.labels(outcome=refused.code).inc()
        raise
    with transaction.atomic():
        media = _keep(media, upload)
        transcript = share_or_start(media, options, user, now)
        entry = Transcription.objects.create(
            user=user,
            transcript=transcript,
            title=PurePosixPath(_clean(upload.name)).stem[:200] or "?",
            file_name=_clean(upload.name)[:255],
            created_at=now,
        )
    metrics.uploads.labels(outcome="accepted").inc()
    return entry


def _options(chosen: Mapping[str, str], track: int | None = None) -> Options:
    try:
        cleaned = {name: _printable(value) for name, value in chosen.items()}
        return configuration.options(**{name: value for name, value in cleaned.items() if value}, track=track)
    except ValueError:
        raise Refused("unknown_option") from None


def accept_track(*, entry: Transcription, track: str, now: datetime) -> Transcription:
    """Another entry of the same person over another audio track of the same file. Raises Refused("no_track")."""
    with transaction.atomic():
        media = Media.objects.select_for_update().filter(transcripts=entry.transcript_id).first()
        known = {str(found.index): found.index for found in media.tracks} if media and media.storage_key else {}
        if media is None or track not in known:
            raise Refused("no_track")
        options = replace(Options(**entry.transcript.options), track=known[track])
        return Transcription.objects.create(
            user=entry.user,
            transcript=share_or_start(media, options, entry.user, now),
            title=entry.title,
            file_name=entry.file_name,
            created_at=now,
        )


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
        old = entry.transcript
        if old.is_live:
            return  # asked for twice
        before = Options(**old.options)
        wanted = {name: value for name, value in chosen.items() if value}
        options = _options({"task": before.task, "hotwords": before.hotwords, **wanted}, track=before.track)
        entry.transcript = start_anew(media, options, entry.user, now)
        entry.cancelled_at = None
        entry.save(update_fields=["transcript", "cancelled_at"])
        files.forget(entry.renditions.all())  # it shows the old text
        if not old.transcriptions.exists():
            old.delete()


def _examine(upload: Upload, user: User, track: int | None, now: datetime) -> Media:
    """A Media, not saved yet, or the one that stands for these bytes already: it is not looked at again.

    But for who does not have it, where that others have it is a secret: the time of the answer would tell.
    """
    if not upload.size_bytes:
        raise Refused("empty_file")
    media = Media.objects.filter(sha256=upload.sha256).first()
    if settings.CACHE_SCOPE != SHARED_BY_EVERYONE and not user.transcriptions.filter(transcript__media=media).exists():
        media = None  # `_keep` finds it again
    try:
        if media is None:
            media = _new(upload, examine(configuration.ffmpeg(), upload.path, track), now)
        heard = track_of(media.tracks, track)
    except EngineError as error:
        raise Refused(error.code, **error.values) from error
    if max(media.duration_seconds or 0, heard.offset_seconds) > settings.MAX_DURATION_HOURS * 3600:
        raise Refused("too_long", hours=f"{settings.MAX_DURATION_HOURS:g}")
    return media


def _new(upload: Upload, found: Probe, now: datetime) -> Media:
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


def _keep(media: Media, upload: Upload) -> Media:
    """The saved row, locked, with its bytes in the storage: the original, whatever was kept of an earlier one."""
    key = storage.media_key(media.sha256)
    locks.hold(key)
    known = {name: getattr(media, name) for name in KNOWN}  # a clean-up may just have removed the row
    media, _ = Media.objects.select_for_update().get_or_create(sha256=upload.sha256, defaults=known)
    try:
        if not storage.exists(key):
            storage.adopt(upload.path, key)
    except storage.Unavailable as error:
        metrics.uploads.labels(outcome=error.code).inc()
        raise Refused(error.code) from error
    if media.storage_key != key:
        files.keep_instead(media, key)
    return media


def _clean(name: str) -> str:
    """A file's name as people typed it: no folders, no control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return _printable(last)


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()
