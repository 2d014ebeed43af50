"""What is to be told to other servers when a recording is done or has failed: rows, made with what they tell of.

Tells nobody itself: see deliver.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from transcriptions import queue, trail
from transcriptions.models import Delivery, Transcript, Transcription, Upload, Webhook

EVENTS = {
    Transcript.State.DONE: Delivery.Event.DONE,
    Transcript.State.FAILED: Delivery.Event.FAILED,
}


def tell(transcript_id: int) -> None:
    """Everybody who still waits for it. Inside the transaction that has ended it."""
    waited_for = Transcription.objects.filter(transcript=transcript_id, cancelled_at=None)
    for entry in waited_for.select_related("transcript", "user").order_by("pk"):
        tell_of(entry)


def tell_of(entry: Transcription) -> None:
    """Nothing while it is under way."""
    transcript = entry.transcript
    event = EVENTS.get(Transcript.State(transcript.state))
    if event is None:
        return
    about = {
        "id": str(entry.pk),
        "state": str(transcript.state),
        "title": entry.title,
        "file_name": entry.file_name,
        "language": transcript.language,
        "duration_seconds": transcript.duration_seconds,
        "error": transcript.error_code,
        "url": settings.SITE_URL + reverse("transcript", args=[entry.pk]),
    }
    at = transcript.finished_at or entry.created_at
    _put(entry.user, entry.callback, event, about, max(at, entry.created_at), transcription=entry)


def tell_of_refused(upload: Upload, code: str, now: datetime) -> None:
    """A recording that was fetched from an address, or sent, and is not taken: there is no entry."""
    about = {"id": None, "state": "failed", "file_name": upload.file_name, "link": str(upload.pk), "error": code}
    _put(upload.user, upload.callback, Delivery.Event.FAILED, about, now)


def _put(
    user: User, callback: Mapping[str, Any], event: Delivery.Event, about: dict[str, Any], at: datetime, **fields: Any
) -> None:
    for url, with_text in _addresses(user, callback):
        Delivery.objects.create(
            user=user,
            url=url,
            event=event,
            content={"type": event.value, "timestamp": at.isoformat(), "data": about},
            with_text=with_text,
            origin=trail.origin(),
            created_at=at,
            **fields,
        )
        queue.wake("media")


def _addresses(user: User, callback: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The person's own, and that of the request where it is another."""
    if not settings.ALLOW_WEBHOOKS:
        return
    own = Webhook.objects.filter(user=user).exclude(url="").first()
    if own:
        yield own.url, own.with_text
    if callback and not (own and own.url == callback["url"]):
        yield callback["url"], callback["with_text"]
