"""Making what people look at: a form of a recording that browsers play, a video with its text drawn in or beside it;
and long documents of the text.

What was half made when its worker was killed or told to end is made anew: an encoder cannot go on where it was.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from transcriptions import configuration, locks, queue, storage, temporary
from transcriptions.configuration import current
from transcriptions.engine.pictures import Limits, Made, Progress, burn, enclose, proxy
from transcriptions.engine.probe import track_of
from transcriptions.engine.shape import Shape
from transcriptions.models import Rendition, Transcription
from transcriptions.workflow import renditions
from transcriptions.workflow.export import export, language_of
from transcriptions.workflow.lease import Lease, LeaseLost, carry_out, claim
from transcriptions.workflow.prepare import RecordingGone

logger = logging.getLogger(__name__)

VIDEO_ENDING, SOUND_ENDING = ".mp4", ".m4a"
FORMS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}  # ffmpeg's names
STEP_SECONDS = 1.0  # between two looks at what else there is to do


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """The process is asked to end."""


def render_next(stopping: Callable[[], bool], meanwhile: Callable[[], None]) -> bool:
    """Make what has waited longest; False when there is nothing, or no room for it.

    meanwhile: called about every second while the encoder works, and may take its time.
    """
    if not storage.has_room():
        logger.warning("Making pictures waits: %s bytes are free, fewer than MIN_FREE_BYTES.", storage.free_bytes())
        return False
    lease = claim(renditions.waiting().order_by("created_at", "pk"), timezone.now())
    if lease is None:
        return False
    do = partial(_render, lease, stopping, meanwhile)
    carry_out(lease, do, partial(_fail, lease), exhausted="not_encoded")
    return True


def _fail(lease: Lease[Rendition], code: str, detail: str) -> None:
    _end(lease, timezone.now(), state=Rendition.State.FAILED, error_code=code, error_detail=detail[:4000])


def _render(lease: Lease[Rendition], stopping: Callable[[], bool], meanwhile: Callable[[], None]) -> None:
    rendition = lease.work
    key = storage.rendition_key(rendition.media.sha256, rendition.pk, _ending(rendition))
    make = _write if rendition.kind == Rendition.Kind.DOCUMENT else _encode
    try:
        with temporary.folder("rendition") as folder:
            made = make(rendition, folder, _progress(lease, stopping, meanwhile))
            with transaction.atomic():
                locks.hold(key)
                lease.hold()
                storage.adopt(folder / "made", key)
                _end(
                    lease,
                    timezone.now(),
                    state=Rendition.State.DONE,
                    storage_key=key,
                    size_bytes=made.size_bytes,
                    encoder=made.encoder,
                    error_detail=made.gave_up,
                )
    except Stopped:
        lease.give_back()
        queue.wake(queue.PICTURES)


def _ending(rendition: Rendition) -> str:
    """What is only put together anew stays in a container of its own kind, or goes into one that takes everything."""
    media, entry = rendition.media, rendition.transcription
    if rendition.kind == Rendition.Kind.DOCUMENT:
        return f".{rendition.form['format']}"
    if rendition.kind != Rendition.Kind.INSIDE or entry is None:
        return VIDEO_ENDING if media.video_codec else SOUND_ENDING
    if "mp4" not in media.container.split(","):
        return ".mkv"
    return ".mov" if entry.file_name.lower().endswith(".mov") else ".mp4"


def _write(rendition: Rendition, folder: Path, progress: Progress) -> Made:
    entry, target = rendition.transcription, folder / "made"
    if entry is None:
        raise RuntimeError(f"document {rendition.pk} is nobody's")
    format_name, shape = rendition.form["format"], Shape(**rendition.form["shape"])
    with target.open("wb") as file:
        original = bool(rendition.form.get("original"))
        file.writelines(export(entry=entry, format_name=format_name, shape=shape, original=original, reached=progress))
    return Made("", target.stat().st_size)


def _encode(rendition: Rendition, folder: Path, progress: Progress) -> Made:
    key = rendition.media.storage_key
    if not storage.exists(key):
        raise RecordingGone("recording_gone")
    with storage.local(key) as source:
        return _make(rendition, source, folder, progress)


def _make(rendition: Rendition, source: Path, folder: Path, progress: Progress) -> Made:
    program, media = configuration.ffmpeg().ffmpeg, rendition.media
    encoders = configuration.encoders() if media.video_codec and rendition.kind != Rendition.Kind.INSIDE else ()
    limits = Limits(settings.MAX_RENDER_HOURS * 3600, settings.MAX_RENDER_BYTES)
    target, entry = folder / "made", rendition.transcription
    if entry is None:
        return proxy(
            program,
            source,
            target,
            video=bool(media.video_codec),
            encoders=encoders,
            scratch=folder,
            track=track_of(media.tracks, None).index,
            limits=limits,
            progress=progress,
        )
    if rendition.kind == Rendition.Kind.INSIDE:
        return enclose(
            program,
            source,
            _subtitles(entry, folder),
            target,
            form=FORMS[_ending(rendition)],
            language=language_of(entry),
            scratch=folder,
            limits=limits,
            progress=progress,
        )
    return burn(
        program,
        source,
        _subtitles(entry, folder),
        target,
        encoders=encoders,
        scratch=folder,
        track=entry.transcript.track.index,
        limits=limits,
        progress=progress,
    )


def _subtitles(entry: Transcription, folder: Path) -> Path:
    file = folder / "text.srt"
    with file.open("wb") as opened:
        opened.writelines(export(entry=entry, format_name="srt"))
    return file


def _progress(lease: Lease[Rendition], stopping: Callable[[], bool], meanwhile: Callable[[], None]) -> Progress:
    """Raises Stopped and LeaseLost out of the encoder, which ends with it."""
    looked = time.monotonic()

    def step(seconds: float) -> None:
        nonlocal looked
        if stopping():
            raise Stopped
        if time.monotonic() - looked < STEP_SECONDS:
            return
        mine = Rendition.objects.filter(pk=lease.work.pk, lease_owner=lease.owner)
        if not mine.update(made_seconds=seconds):
            raise LeaseLost
        meanwhile()
        looked = time.monotonic()

    return step


def _end(lease: Lease[Rendition], now: datetime, **fields: object) -> None:
    """Write what came of it. What is somebody's own is kept for a while, a failure too."""
    with transaction.atomic():
        rendition = lease.hold()
        expires_at = now + timedelta(hours=current.EXPORT_KEEP_HOURS) if rendition.transcription_id else None
        ended = {"lease_owner": "", "lease_expires_at": None, "finished_at": now, "expires_at": expires_at}
        Rendition.objects.filter(pk=rendition.pk).update(**ended, **fields)
