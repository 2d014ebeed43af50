"""What can be made of a recording to be looked at, who may ask for it, and what is there. Makes nothing: see render."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from transcriptions import queue
from transcriptions.engine import documents
from transcriptions.engine.playable import is_playable
from transcriptions.engine.shape import USUAL, Shape
from transcriptions.models import Media, Rendition, Transcript, Transcription
from transcriptions.workflow import files, lines

DOCUMENTS = 10  # of an entry; the oldest goes for one more


def of(entry: Transcription, kind: str) -> Rendition | None:
    """What was made, or is to be, for a person's entry: the proxy of its recording, or its own video.

    One with a text that was corrected since is another one.
    """
    return entry.transcript.media.renditions.filter(_whose(entry, kind), form=_form(entry, kind)).first()


def documents_of(entry: Transcription) -> QuerySet[Rendition]:
    return entry.renditions.filter(kind=Rendition.Kind.DOCUMENT).order_by("created_at", "pk")


def takes_long(entry: Transcription, format_name: str) -> bool:
    """Whether a media worker makes it, and not the web process that is asked for it.

    Not while the text of the same recording is under way: the worker would wait for that.
    """
    if format_name not in documents.KINDS or _is_live(entry.transcript.media):
        return False
    return bool(entry.transcript.segments.count() > settings.DIRECT_DOCUMENT_SEGMENTS)


def document(
    *,
    entry: Transcription,
    format_name: str,
    shape: Shape,
    original: bool,
    now: datetime,
    failure_is_told: bool = False,
) -> Rendition | None:
    """It, or that it is to be made; None where the entry is gone. A text that was corrected since is another one.

    One that failed is tried again; where the failure is told, it is given as it is first, once: who asks after that
    begins anew.
    """
    form = _document_form(entry, format_name, shape, original)
    with transaction.atomic():
        failed = documents_of(entry).filter(form=form, state=Rendition.State.FAILED)
        if failure_is_told and (found := failed.first()):
            files.forget(failed)
            return found
    ask(entry=entry, kind=Rendition.Kind.DOCUMENT, form=form, now=now)
    return documents_of(entry).filter(form=form).first()


def _document_form(entry: Transcription, format_name: str, shape: Shape, original: bool) -> dict[str, Any]:
    of_documents = ("flow", "offset", "times", "speakers")  # the rest is of subtitles
    chosen = {name: getattr(shape, name) for name in of_documents}
    unusual = {name: value for name, value in chosen.items() if value != getattr(USUAL, name)}
    form: dict[str, Any] = {"format": format_name, "shape": unusual}
    return form | ({"original": True} if original else _text(entry))


def proxy_of(media: Media) -> Rendition | None:
    """The form that browsers play, once it is there."""
    return media.renditions.filter(kind=Rendition.Kind.PROXY, state=Rendition.State.DONE).first()


def can_be_asked_for(entry: Transcription, kind: str) -> bool:
    """Whether it makes sense for this recording, and the original is still there to make it of."""
    transcript, media = entry.transcript, entry.transcript.media
    if kind == Rendition.Kind.DOCUMENT:
        return transcript.first_segment_at is not None
    if not files.has_original(media):
        return False
    if kind == Rendition.Kind.PROXY:
        return not plays(media)
    done = transcript.state == Transcript.State.DONE and transcript.first_segment_at is not None
    return done and bool(media.video_codec)


def plays(media: Media) -> bool:
    """Whether browsers play the original as it is, from any place: what they record does not say how long it is."""
    sound = media.tracks[0].codec if media.audio_tracks else ""
    return media.duration_seconds is not None and is_playable(media.container, sound, media.video_codec)


def ask(*, entry: Transcription, kind: str, now: datetime, form: dict[str, Any] | None = None) -> None:
    """Have it made, if it is not there or on its way. One that failed is tried again. form: of a document."""
    with transaction.atomic():
        media = Media.objects.select_for_update(of=("self",)).filter(transcripts__transcriptions=entry.pk).first()
        if media is None or not can_be_asked_for(entry, kind):
            return  # deleted in another tab, or no longer kept
        form = form or _form(entry, kind)
        media.renditions.filter(_whose(entry, kind), form=form, state=Rendition.State.FAILED).delete()
        whose = None if kind == Rendition.Kind.PROXY else entry
        _, is_new = Rendition.objects.get_or_create(
            media=media, kind=kind, transcription=whose, form=form, defaults={"created_at": now}
        )
        if is_new and whose:
            _forget_older(entry, kind)
        if is_new:
            queue.wake(queue.PICTURES)


def ask_once(*, entry: Transcription, kind: str, now: datetime) -> None:
    """For whoever only looks: what failed is not tried again."""
    if can_be_asked_for(entry, kind) and of(entry, kind) is None:
        ask(entry=entry, kind=kind, now=now)


def waiting() -> QuerySet[Rendition]:
    """What is to be made, but not while the text of the same recording is: that comes first."""
    live = Transcript.objects.filter(media=OuterRef("media"), state__in=Transcript.LIVE)
    return Rendition.objects.filter(~Exists(live), state=Rendition.State.WAITING)


def _forget_older(entry: Transcription, kind: str) -> None:
    """Videos with another text, and more documents than are kept."""
    made = entry.renditions.filter(kind=kind)
    most = DOCUMENTS if kind == Rendition.Kind.DOCUMENT else 1
    newest = made.order_by("-pk").values_list("pk", flat=True)[:most]
    files.forget(made.exclude(pk__in=list(newest)))


def _form(entry: Transcription, kind: str) -> dict[str, Any]:
    return {} if kind == Rendition.Kind.PROXY else _text(entry)


def _text(entry: Transcription) -> dict[str, Any]:
    """Which of an entry's texts it is made of."""
    change = lines.latest(entry)
    return {"change": change} if change else {}


def _is_live(media: Media) -> bool:
    return media.transcripts.filter(state__in=Transcript.LIVE).exists()


def _whose(entry: Transcription, kind: str) -> Q:
    return Q(kind=kind, transcription=None if kind == Rendition.Kind.PROXY else entry)
