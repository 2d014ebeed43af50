"""The same work is done once: a recording and options are new, under way or done, and the unique key decides which."""

import uuid
from dataclasses import asdict
from datetime import datetime
from functools import cache, partial

from django.db.models import Q

from accounts.models import User
from transcriptions import estimate, queue, tally, trail, turns
from transcriptions.configuration import current
from transcriptions.engine.options import Options
from transcriptions.models import Media, Transcript
from transcriptions.workflow import order, state, versions

SHARED_BY_EVERYONE = "everyone"


def share_or_start(media: Media, options: Options, user: User, now: datetime) -> Transcript:
    """The transcript of a media that the caller has locked. Of many who ask at once, one starts the work."""
    fingerprint = options.fingerprint(versions.known(options.model))
    transcript, created = _get_or_start(media, options, user, fingerprint, now)
    if created:
        return transcript
    if transcript.state in {Transcript.State.FAILED, Transcript.State.CANCELLED}:
        state.restart(transcript, now)
        tally.count(missed=1)
        return transcript
    transcript.hits += 1
    transcript.last_used_at = now
    transcript.save(update_fields=["hits", "last_used_at"])
    if transcript.is_live:
        order.hurry(transcript, user.pk)
        tally.count(attached=1)
    else:
        tally.count(hit=1, saved_seconds=transcript.timings.get("recognise_seconds", 0.0))
    return transcript


def start_anew(media: Media, options: Options, user: User, now: datetime) -> Transcript:
    """New work whatever is there. What is there is used by nobody new from now on; those who have it keep it."""
    fingerprint = options.fingerprint(versions.known(options.model))
    for known in Transcript.objects.filter(media=media, reuse_key=_key(fingerprint, user)):
        retire(known)
    return _get_or_start(media, options, user, fingerprint, now)[0]


def retire(transcript: Transcript) -> None:
    """Have neither it nor what was made from the same sound used again."""
    its = Q(pk=transcript.pk)
    if transcript.sound_key:
        its |= Q(sound_key=transcript.sound_key, reuse_key=transcript.reuse_key)
    for known in Transcript.objects.select_for_update().filter(its).order_by("media_id", "pk"):
        known.reuse_key = _unique_key(known.fingerprint)
        known.save(update_fields=["reuse_key"])


def _unique_key(fingerprint: str) -> str:
    """One that nobody asks for."""
    return f"{fingerprint}:{uuid.uuid4().hex}"


def _key(fingerprint: str, user: User) -> str:
    """Equal for those who may share a result."""
    if not current.ENABLE_TRANSCRIPTION_CACHE:
        return _unique_key(fingerprint)
    return fingerprint if current.CACHE_SCOPE == SHARED_BY_EVERYONE else f"{fingerprint}:user {user.pk}"


def _get_or_start(
    media: Media, options: Options, user: User, fingerprint: str, now: datetime
) -> tuple[Transcript, bool]:
    place = cache(partial(turns.place, user.pk, media.duration_seconds))  # asked for where the row is made
    transcript, created = Transcript.objects.select_for_update().get_or_create(
        media=media,
        reuse_key=_key(fingerprint, user),
        defaults={  # type: ignore[misc]  # what can be called is called, and only where the row is made
            "fingerprint": fingerprint,
            "options": asdict(options),
            "forecast_seconds": lambda: _forecast(media, options, place()),
            "asked_by": user,
            "priority": lambda: place().priority,
            "turn": lambda: place().turn,
            "origin": trail.origin(),
            "created_at": now,
            "last_used_at": now,
        },
    )
    if created:
        queue.wake("media")
        tally.count(missed=1)
    return transcript, created


def _forecast(media: Media, options: Options, place: turns.Place) -> float | None:
    """Seconds until it will be done, remembered to be compared with what it takes."""
    if not media.duration_seconds:
        return None
    outlook = estimate.outlook()
    said = outlook.forecast(length=media.duration_seconds, model=options.model, preset=options.preset, place=place)
    return said.middle
