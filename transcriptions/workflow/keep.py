"""What is kept of a recording once its work is over: all of it, its sound or nothing, and for how long.

A person's wish counts only where it asks for less than the site keeps. A recording that several people have is kept as
the most generous of them wants it. Texts are not touched.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import KeepMedia, User
from transcriptions import configuration, locks, storage, temporary
from transcriptions.configuration import current
from transcriptions.engine.pictures import proxy
from transcriptions.models import Media, Transcript, Transcription
from transcriptions.workflow import files

FROM_LEAST = (KeepMedia.NOTHING, KeepMedia.SOUND, KeepMedia.ORIGINAL)
SOUND_ENDING = ".m4a"


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """The process is asked to end; the rest is for the next one."""


@dataclass(frozen=True)
class TooMuch:
    """A recording of which more is kept than anybody wants."""

    media_id: int
    wanted: KeepMedia


def wish(user: User, since: datetime, now: datetime) -> KeepMedia:
    """What is to be kept now of a recording that this person has had since then."""
    site = KeepMedia(current.KEEP_MEDIA)
    limits = [days for days in (current.KEEP_MEDIA_DAYS, user.keep_media_days) if days]
    if limits and (now - since).days >= min(limits):
        return KeepMedia.NOTHING
    return min(site, KeepMedia(user.keep_media or site), key=FROM_LEAST.index)


def too_much(now: datetime) -> Iterator[TooMuch]:
    """Recordings of which less is wanted than is kept."""
    for media_id, entries in groupby(_with_bytes().iterator(), lambda entry: entry.transcript.media_id):
        found = _less(media_id, list(entries), now)
        if found:
            yield found


def reduce(found: TooMuch, *, now: datetime, stopping: Callable[[], bool]) -> int | None:
    """Bytes freed; None where more of it is wanted again, or somebody works with it.

    Raises Stopped, PictureError, OSError, storage.Unavailable, with everything as it was.
    """
    if stopping():
        raise Stopped
    if found.wanted == KeepMedia.NOTHING:
        with transaction.atomic():
            media = _still(found, now)
            return None if media is None else files.keep_instead(media, "")
    return _keep_the_sound(found, now, stopping)


def _keep_the_sound(found: TooMuch, now: datetime, stopping: Callable[[], bool]) -> int | None:
    def step(seconds: float) -> None:
        if stopping():
            raise Stopped

    media = Media.objects.exclude(storage_key="").filter(pk=found.media_id).first()
    if media is None:
        return None
    key = storage.media_key(media.sha256) + SOUND_ENDING
    with temporary.folder("sound") as folder, storage.local(media.storage_key) as source:
        sound = folder / "sound.m4a"
        program = configuration.ffmpeg().ffmpeg
        made = proxy(program, source, sound, video=False, encoders=(), scratch=folder, track=None, progress=step)
        with transaction.atomic():
            locks.hold(key)
            still = _still(found, now)
            if still is None:
                return None
            storage.adopt(sound, key)
            return files.keep_instead(still, key) - made.size_bytes


def _still(found: TooMuch, now: datetime) -> Media | None:
    """The row, locked, if it is to be reduced as it was when it was found."""
    media = Media.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=found.media_id).first()
    entries = list(_with_bytes().filter(transcript__media=found.media_id)) if media else []
    return media if entries and _less(found.media_id, entries, now) == found else None


def _with_bytes() -> QuerySet[Transcription]:
    """Entries whose recording is there, those of one recording together."""
    entries = Transcription.all_there_are.exclude(transcript__media__storage_key="")
    return entries.select_related("user", "transcript__media").order_by("transcript__media", "pk")


def _less(media_id: int, entries: list[Transcription], now: datetime) -> TooMuch | None:
    """Never while anybody works with it. Without the original, a recording that failed could not go on where it was:
    for its sound alone, all has to be done."""
    wanted = max((wish(entry.user, entry.created_at, now) for entry in entries), key=FROM_LEAST.index)
    if FROM_LEAST.index(wanted) >= FROM_LEAST.index(_kept(entries[0].transcript.media)):
        return None
    states = set(Transcript.objects.filter(media=media_id).values_list("state", flat=True))
    fit = {Transcript.State.DONE} if wanted == KeepMedia.SOUND else set(Transcript.OVER)
    return TooMuch(media_id, wanted) if states <= fit else None


def _kept(media: Media) -> KeepMedia:
    if not media.storage_key:
        return KeepMedia.NOTHING
    return KeepMedia.SOUND if media.storage_key.endswith(SOUND_ENDING) else KeepMedia.ORIGINAL
