"""What the answers of the REST API are made of: schemas, and the rows they are read from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from ninja import Schema
from pydantic import Field

from transcriptions.engine.options import Options
from transcriptions.models import Delivery, Transcript, Transcription, Upload, Webhook
from transcriptions.sentences import sentence
from transcriptions.workflow.intake import limits
from transcriptions.workflow.lines import Line


class Problem(Schema):
    """Of RFC 9457. code is stable, detail a sentence for a person."""

    type: str
    title: str
    status: int
    code: str
    detail: str


class Reason(Schema):
    code: str
    detail: str


class Entry(Schema):
    """A transcription: an entry of somebody's history."""

    id: str
    title: str
    file_name: str
    state: str = Field(description="queued, preparing, recognising, done, failed or cancelled")
    error: Reason | None
    language: str
    duration_seconds: float | None
    recognised_seconds: float
    model: str
    preset: str
    task: str
    tags: list[str]
    notes: str
    favourite: bool
    archived: bool
    revision: int = Field(description="grows with all that is recognised")
    created_at: datetime
    finished_at: datetime | None
    url: str = Field(description="of its page")


class Entries(Schema):
    """next, previous: cursors for ?after= and ?before=; empty at the ends."""

    items: list[Entry]
    next: str
    previous: str


class Word(Schema):
    start: float
    end: float
    text: str
    probability: float


class Text(Schema):
    """A line: what was recognised between two times, or what somebody has made of it (then version is not 0)."""

    key: str
    version: int
    start: float
    end: float
    text: str
    speaker: str
    checked: bool
    words: list[Word]


class Lines(Schema):
    """following: where the next page begins, in seconds; change: the number of the last correction."""

    items: list[Text]
    following: float | None
    change: int


class Segments(Schema):
    """revision: what ?since= asks for the next time, once offset has come to the end."""

    items: list[Text]
    revision: int
    has_more: bool


class Words(Schema):
    items: list[Word]
    following: float | None


class Changed(Schema):
    """What a correction has changed. lines: null where it is so much that all is better read anew."""

    change: int
    lines: list[Text] | None
    gone: list[str]


class Change(Schema):
    change: int
    kind: str
    who: str
    at: datetime
    undone: bool
    lines: int
    start: float | None
    before: str | None
    after: str | None


class Changes(Schema):
    items: list[Change]


class Sample(Schema):
    key: str
    start: float
    before: str
    after: str


class Preview(Schema):
    places: int
    lines: int
    samples: list[Sample]


class Link(Schema):
    """A recording that is fetched. transcription: its entry, as soon as there is one."""

    id: str
    state: str = Field(description="fetching, done or failed")
    address: str
    file_name: str
    size_bytes: int | None
    transcription: str | None
    error: Reason | None
    created_at: datetime


class Piece(Schema):
    text: str
    is_found: bool


class FoundLine(Schema):
    start: float
    pieces: list[Piece]


class Found(Schema):
    transcription: Entry
    lines: list[FoundLine]
    is_cut: bool


class Results(Schema):
    """is_near: words that are spelled nearly so count, too."""

    items: list[Found]
    next: str
    is_near: bool


class Hook(Schema):
    """secret: shown once, when it is made."""

    url: str
    with_text: bool
    created_at: datetime
    secret: str | None = None


class Told(Schema):
    """A delivery. id: of its message, as the header webhook-id has it."""

    id: str
    delivery: str
    event: str
    url: str
    transcription: str | None
    state: str
    attempts: int
    response_code: int | None
    error: str
    created_at: datetime
    tried_at: datetime | None
    finished_at: datetime | None


class Deliveries(Schema):
    items: list[Told]
    next: str
    previous: str


def entry(row: Transcription) -> dict[str, Any]:
    transcript = row.transcript
    is_cancelled = row.cancelled_at and transcript.is_live
    options = Options(**transcript.options)
    return {
        "id": str(row.pk),
        "title": row.title,
        "file_name": row.file_name,
        "state": str(Transcript.State.CANCELLED if is_cancelled else transcript.state),
        "error": _reason(transcript.error_code),
        "language": transcript.language,
        "duration_seconds": transcript.duration_seconds or transcript.media.duration_seconds,
        "recognised_seconds": transcript.recognised_seconds,
        "model": options.model,
        "preset": options.preset,
        "task": options.task,
        "tags": row.tags,
        "notes": row.notes,
        "favourite": row.is_favourite,
        "archived": row.is_archived,
        "revision": transcript.revision,
        "created_at": row.created_at,
        "finished_at": transcript.finished_at,
        "url": settings.SITE_URL + reverse("transcript", args=[row.pk]),
    }


def _reason(code: str) -> dict[str, str] | None:
    return {"code": code, "detail": sentence(code, **limits(code))} if code else None


def line(one: Line) -> dict[str, Any]:
    return {
        "key": one.key,
        "version": one.version,
        "start": one.start,
        "end": one.end,
        "text": one.text,
        "speaker": one.speaker,
        "checked": one.checked_at is not None,
        "words": words([one]),
    }


def words(some: Sequence[Line]) -> list[dict[str, Any]]:
    return [
        {"start": word.start, "end": word.end, "text": word.text.strip(), "probability": word.probability}
        for one in some
        for word in one.words
    ]


def link(row: Upload) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "state": "failed" if row.error_code else "done" if row.completed_at else "fetching",
        "address": row.address,
        "file_name": row.file_name,
        "size_bytes": row.size_bytes,
        "transcription": str(row.transcription_id) if row.transcription_id else None,
        "error": _reason(row.error_code),
        "created_at": row.created_at,
    }


def hook(row: Webhook, secret: str = "") -> dict[str, Any]:
    told = {"url": row.url, "with_text": row.with_text, "created_at": row.created_at}
    return {**told, "secret": secret or None}


def delivery(row: Delivery) -> dict[str, Any]:
    return {
        "id": f"msg_{row.pk.hex}",
        "delivery": str(row.pk),
        "event": row.event,
        "url": row.url,
        "transcription": str(row.transcription_id) if row.transcription_id else None,
        "state": row.state,
        "attempts": row.attempts,
        "response_code": row.response_code,
        "error": row.error,
        "created_at": row.created_at,
        "tried_at": row.tried_at,
        "finished_at": row.finished_at,
    }
