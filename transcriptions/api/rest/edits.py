"""Corrections. Whoever changes a line says in If-Match which version of it they have seen, which its ETag says."""

import re
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Header, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from transcriptions.api.rest import shown
from transcriptions.api.rest.entries import Seconds
from transcriptions.api.rest.who import READ, WRITE, person
from transcriptions.models import Transcription
from transcriptions.web.access import entry_of
from transcriptions.workflow import edit, lines, replace, undo
from transcriptions.workflow.lines import Line
from transcriptions.workflow.pen import Conflict

router = Router(tags=["Corrections"])

CHANGES = 50
Key = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9]+$")]
Pattern = Annotated[str, Field(max_length=replace.LONGEST_PATTERN, pattern=r"^[^\x00]*$")]
Seen = Annotated[str | None, Header(alias="If-Match", description="the line's ETag; * for any")]
SEEN = re.compile(r'(?:W/)?"([0-9]{1,18})"')
ETAG = {"ETag": {"description": "the line's version", "schema": {"type": "string"}}}
WITH_ETAG = {"responses": {200: {"headers": ETAG}}}


class Corrected(Schema):
    """What is left out stays. start and end go together."""

    text: str | None = None
    speaker: str | None = None
    checked: bool | None = None
    start: Seconds | None = None
    end: Seconds | None = None


class Place(Schema):
    """Before a character of the text, or at a time."""

    at: Annotated[int, Field(ge=0, le=10**9)] | None = None
    seconds: Seconds | None = None


class Renamed(Schema):
    speaker: str
    name: str


class Wanted(Schema):
    """as_pattern: find is a regular expression as PostgreSQL writes them."""

    find: Pattern
    put: Pattern = ""
    as_pattern: bool = False
    any_case: bool = True
    whole_words: bool = False


@router.get("/{uuid:entry_id}/lines/{key}", auth=READ, response=shown.Text, summary="A line", openapi_extra=WITH_ETAG)
def get(request: HttpRequest, response: HttpResponse, entry_id: uuid.UUID, key: Key) -> dict[str, Any]:
    return _told(response, _line(entry_of(person(request), entry_id), key))


@router.patch(
    "/{uuid:entry_id}/lines/{key}", auth=WRITE, response=shown.Text, summary="Correct a line", openapi_extra=WITH_ETAG
)
def patch(  # noqa: PLR0917 - ninja names them
    request: HttpRequest, response: HttpResponse, entry_id: uuid.UUID, key: Key, given: Corrected, if_match: Seen = None
) -> dict[str, Any]:
    entry = entry_of(person(request), entry_id)
    with transaction.atomic():
        line = _seen(entry, key, if_match)
        for do, values in _wanted(given, line):
            line = _line(entry, key)
            version = {} if do is edit.set_speaker else {"version": line.version}
            do(entry=entry, user=person(request), key=key, now=timezone.now(), **version, **values)
    return _told(response, _line(entry, key))


def _wanted(given: Corrected, line: Line) -> list[tuple[Callable[..., None], dict[str, Any]]]:
    start, end = (line.start if given.start is None else given.start), (line.end if given.end is None else given.end)
    times = {"start": start, "end": end} if (start, end) != (line.start, line.end) else None
    all_there_are: list[tuple[Callable[..., None], dict[str, Any] | None]] = [
        (edit.change_text, None if given.text is None else {"text": given.text}),
        (edit.change_times, times),
        (edit.set_speaker, None if given.speaker is None else {"speaker": given.speaker}),
        (edit.mark_checked, None if given.checked is None else {"checked": given.checked}),
    ]
    return [(do, values) for do, values in all_there_are if values is not None]


@router.post("/{uuid:entry_id}/lines/{key}/split", auth=WRITE, response=shown.Changed, summary="Split a line")
def split(request: HttpRequest, entry_id: uuid.UUID, key: Key, given: Place, if_match: Seen = None) -> dict[str, Any]:
    return _on_line(request, entry_id, key, if_match, edit.split, at=given.at, seconds=given.seconds)


@router.post("/{uuid:entry_id}/lines/{key}/join", auth=WRITE, response=shown.Changed, summary="Join with the next")
def join(request: HttpRequest, entry_id: uuid.UUID, key: Key, if_match: Seen = None) -> dict[str, Any]:
    return _on_line(request, entry_id, key, if_match, edit.join)


@router.post("/{uuid:entry_id}/lines/{key}/revert", auth=WRITE, response=shown.Changed, summary="As it was recognised")
def revert(request: HttpRequest, entry_id: uuid.UUID, key: Key, if_match: Seen = None) -> dict[str, Any]:
    return _on_line(request, entry_id, key, if_match, edit.revert)


@router.post("/{uuid:entry_id}/speakers/rename", auth=WRITE, response=shown.Changed, summary="Rename a speaker")
def rename(request: HttpRequest, entry_id: uuid.UUID, given: Renamed) -> dict[str, Any]:
    return _on_text(request, entry_id, edit.rename_speaker, speaker=given.speaker, name=given.name)


@router.post("/{uuid:entry_id}/replace", auth=WRITE, response=shown.Changed, summary="Replace in all lines")
def replace_all(request: HttpRequest, entry_id: uuid.UUID, given: Wanted) -> dict[str, Any]:
    return _on_text(request, entry_id, replace.replace_all, wanted=_pattern(given))


@router.post("/{uuid:entry_id}/replace/preview", auth=READ, response=shown.Preview, summary="What that would do")
def preview(request: HttpRequest, entry_id: uuid.UUID, given: Wanted) -> dict[str, Any]:
    found = replace.preview(entry=entry_of(person(request), entry_id), wanted=_pattern(given))
    return {"places": found.places, "lines": found.lines, "samples": [vars(sample) for sample in found.samples]}


@router.post("/{uuid:entry_id}/undo", auth=WRITE, response=shown.Changed, summary="Take one's last correction back")
def undo_last(request: HttpRequest, entry_id: uuid.UUID) -> dict[str, Any]:
    return _on_text(request, entry_id, undo.undo)


@router.post("/{uuid:entry_id}/redo", auth=WRITE, response=shown.Changed, summary="Make it again")
def redo_last(request: HttpRequest, entry_id: uuid.UUID) -> dict[str, Any]:
    return _on_text(request, entry_id, undo.redo)


@router.get("/{uuid:entry_id}/changes", auth=READ, response=shown.Changes, summary="Who has done what to the text")
def changes(
    request: HttpRequest, entry_id: uuid.UUID, before: Annotated[int, Field(ge=1, le=10**15)] | None = None
) -> dict[str, Any]:
    """The last first; before= a change goes on."""
    found = undo.history(entry_of(person(request), entry_id), before=before)[:CHANGES]
    return {"items": [_change(each) for each in found]}


def _change(row: Any) -> dict[str, Any]:
    return {
        "change": row.pk,
        "kind": row.kind,
        "who": row.user.email if row.user else "",
        "at": row.made_at,
        "undone": row.is_undone,
        "lines": row.lines,
        "start": row.at,
        "before": row.before,
        "after": row.after,
    }


def _pattern(given: Wanted) -> replace.Wanted:
    return replace.Wanted(given.find, **given.dict(exclude={"find"}))


def _on_line(
    request: HttpRequest, entry_id: uuid.UUID, key: str, seen: str | None, do: Callable[..., None], **values: Any
) -> dict[str, Any]:
    entry = entry_of(person(request), entry_id)
    line = _seen(entry, key, seen)
    return _done(request, entry, do, key=key, version=line.version, **values)


def _on_text(request: HttpRequest, entry_id: uuid.UUID, do: Callable[..., object], **values: Any) -> dict[str, Any]:
    return _done(request, entry_of(person(request), entry_id), do, **values)


def _done(request: HttpRequest, entry: Transcription, do: Callable[..., object], **values: Any) -> dict[str, Any]:
    before = lines.latest(entry)
    do(entry=entry, user=person(request), now=timezone.now(), **values)
    changed = lines.changed(entry, before)
    now = None if changed.lines is None else [shown.line(each) for each in changed.lines]
    return {"change": changed.change, "lines": now, "gone": changed.gone or []}


def _line(entry: Transcription, key: str) -> Line:
    """Raises Http404."""
    line = lines.find(entry, key)
    if line is None:
        raise Http404
    return line


def _seen(entry: Transcription, key: str, seen: str | None) -> Line:
    """The line, if it is the one that was seen. Raises Conflict, Http404, HttpError."""
    line = _line(entry, key)
    if seen is None:
        raise HttpError(HTTPStatus.PRECONDITION_REQUIRED, "")
    if seen.strip() != "*" and str(line.version) not in SEEN.findall(seen):
        raise Conflict([line])
    return line


def _told(response: HttpResponse, line: Line) -> dict[str, Any]:
    response["ETag"] = f'"{line.version}"'
    return shown.line(line)
