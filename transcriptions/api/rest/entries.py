"""Transcriptions: listed, read, described, stopped, begun again, thrown away, taken away as files."""

import uuid
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from accounts.models import User
from transcriptions import keyset, names
from transcriptions.api.rest import shown
from transcriptions.api.rest.who import READ, WRITE, person
from transcriptions.engine import shape
from transcriptions.engine.formats import FORMATS
from transcriptions.models import Rendition, Transcription
from transcriptions.web import downloads, media, streams
from transcriptions.web.access import entry_of
from transcriptions.workflow import export as exporting
from transcriptions.workflow import history, labels, lines, listing, renditions
from transcriptions.workflow.intake import Refused

router = Router(tags=["Transcriptions"])

MOST = 200
NO_NUL = r"^[^\x00]*$"
State = Literal["", "under_way", "done", "failed", "cancelled"]
Short = Annotated[str, Field(max_length=200, pattern=NO_NUL)]
Seconds = Annotated[float, Field(ge=0, le=10_000_000)]
Limit = Annotated[int, Field(ge=1, le=MOST)]
FormatName = Literal["txt", "srt", "vtt", "json", "csv", "tsv", "lrc", "ass", "ttml", "docx", "pdf"]


class Listing(Schema):
    state: State = ""
    language: Short = ""
    tag: Short = ""
    since: date | None = Field(None, description="a day, the first")
    until: date | None = Field(None, description="a day, the last")
    favourite: bool = False
    archived: bool = False
    order: Literal["newest", "oldest", "title", "length"] = "newest"
    after: Annotated[str, Field(max_length=500, pattern=NO_NUL)] = ""
    before: Annotated[str, Field(max_length=500, pattern=NO_NUL)] = ""
    limit: Limit = 50


class Described(Schema):
    """What is left out stays."""

    title: Annotated[str, Field(min_length=1, max_length=labels.LONGEST_TITLE)] | None = None
    tags: list[Annotated[str, Field(max_length=labels.LONGEST_TAG)]] | None = None
    notes: Annotated[str, Field(max_length=labels.LONGEST_NOTES)] | None = None
    favourite: bool | None = None
    archived: bool | None = None


class Shaped(Schema):
    """As engine.shape.Shape has it. original: as it was recognised, without corrections and speakers."""

    line: Annotated[int, Field(ge=shape.LINE[0], le=shape.LINE[1])] | None = None
    lines: Annotated[int, Field(ge=shape.LINES[0], le=shape.LINES[1])] | None = None
    words: Annotated[int, Field(ge=shape.WORDS[0], le=shape.WORDS[1])] | None = None
    offset: Annotated[float, Field(ge=shape.OFFSET_SECONDS[0], le=shape.OFFSET_SECONDS[1])] = 0.0
    times: bool = False
    flow: Literal["lines", "paragraphs", "plain"] | None = None
    speakers: bool = True
    original: bool = False


@router.get("", auth=READ, response=shown.Entries, summary="List transcriptions")
def listed(request: HttpRequest, wanted: Query[Listing]) -> dict[str, Any]:
    """A page of them, as the filters narrow it."""
    order = keyset.ORDERS[wanted.order]
    for cursor in (wanted.after, wanted.before):
        if cursor and order.place(cursor) is None:
            raise Refused("unknown_cursor")
    asked = wanted.dict(exclude={"after", "before", "limit"})
    rows = listing.narrowed(_rows(person(request)), listing.Wanted(**asked))
    page = keyset.page(rows, order, wanted.limit, after=wanted.after, before=wanted.before)
    return {"items": [shown.entry(row) for row in page.rows], "next": page.next, "previous": page.previous}


def _rows(user: User) -> Any:
    return user.transcriptions.select_related("transcript__media", "upload")


@router.get("/{uuid:entry_id}", auth=READ, response=shown.Entry, summary="Get a transcription")
def get(request: HttpRequest, entry_id: uuid.UUID) -> dict[str, Any]:
    return shown.entry(entry_of(person(request), entry_id))


@router.patch("/{uuid:entry_id}", auth=WRITE, response=shown.Entry, summary="Describe a transcription")
def patch(request: HttpRequest, entry_id: uuid.UUID, given: Described) -> dict[str, Any]:
    entry = entry_of(person(request), entry_id)
    title, tags, notes = given.title or entry.title, given.tags, given.notes
    labels.describe(
        entry=entry,
        title=title,
        tags=",".join(entry.tags if tags is None else tags),
        notes=entry.notes if notes is None else notes,
    )
    marks = {"is_favourite": given.favourite, "is_archived": given.archived}
    person(request).transcriptions.filter(pk=entry.pk).update(
        **{name: value for name, value in marks.items() if value is not None}
    )
    return get(request, entry_id)


@router.post("/{uuid:entry_id}/cancel", auth=WRITE, response=shown.Entry, summary="Cancel a transcription")
def cancel(request: HttpRequest, entry_id: uuid.UUID) -> dict[str, Any]:
    """The work goes on while anybody else waits for the same. What is over stays as it is."""
    history.cancel(entry=entry_of(person(request), entry_id), now=timezone.now())
    return get(request, entry_id)


@router.post("/{uuid:entry_id}/retry", auth=WRITE, response=shown.Entry, summary="Retry a transcription")
def retry(request: HttpRequest, entry_id: uuid.UUID) -> dict[str, Any]:
    """One that failed or was cancelled goes on where it was. What is under way or done stays as it is."""
    history.retry(entry=entry_of(person(request), entry_id), now=timezone.now())
    return get(request, entry_id)


@router.delete("/{uuid:entry_id}", auth=WRITE, response={HTTPStatus.NO_CONTENT: None}, summary="Delete a transcription")
def delete(request: HttpRequest, entry_id: uuid.UUID) -> Status[None]:
    """In the page it can be taken back for a while."""
    history.throw_away(entries=[entry_of(person(request), entry_id)], now=timezone.now())
    return Status(HTTPStatus.NO_CONTENT, None)


@router.get("/{uuid:entry_id}/segments", auth=READ, response=shown.Segments, summary="What is new since a revision")
def segments(
    request: HttpRequest,
    entry_id: uuid.UUID,
    since: Annotated[int, Field(ge=0, le=10**15)] = 0,
    offset: Annotated[int, Field(ge=0, le=10**7)] = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """What was recognised since, and nobody has corrected. Where much is new, offset goes on."""
    entry = entry_of(person(request), entry_id)  # its revision first: what comes in between is told once more
    found = lines.heard_since(entry, since, offset, limit + 1)
    return {
        "items": [shown.line(each) for each in found[:limit]],
        "revision": entry.transcript.revision,
        "has_more": len(found) > limit,
    }


@router.get("/{uuid:entry_id}/lines", auth=READ, response=shown.Lines, summary="The text as it stands now")
def text(request: HttpRequest, entry_id: uuid.UUID, start: Seconds = 0.0, limit: Limit = 100) -> dict[str, Any]:
    """Lines that start then or later. Those that start at the same time are on the same page."""
    entry = entry_of(person(request), entry_id)
    change = lines.latest(entry)
    page = lines.page(entry, since=start, most=limit)
    return {"items": [shown.line(each) for each in page.lines], "following": page.following, "change": change}


@router.get("/{uuid:entry_id}/words", auth=READ, response=shown.Words, summary="Words with their times")
def words(request: HttpRequest, entry_id: uuid.UUID, start: Seconds = 0.0, limit: Limit = 100) -> dict[str, Any]:
    """Of so many lines that start then or later."""
    page = lines.page(entry_of(person(request), entry_id), since=start, most=limit)
    return {"items": shown.words(page.lines), "following": page.following}


AGAIN_SECONDS = 5  # until somebody looks again for what is being made
FILES = {known.content_type: {"schema": {"type": "string", "format": "binary"}} for known in FORMATS.values()}


@router.get(
    "/{uuid:entry_id}/exports/{format_name}",
    auth=READ,
    summary="A transcription as a file",
    openapi_extra={
        "responses": {
            200: {"description": "The file", "content": FILES},
            202: {"description": "A long document, which is being made: ask again after Retry-After"},
            302: {"description": "Where it can be had for a while"},
        }
    },
)
def export(
    request: HttpRequest, entry_id: uuid.UUID, format_name: FormatName, wanted: Query[Shaped]
) -> HttpResponseBase:
    entry = entry_of(person(request), entry_id)
    chosen = shape.Shape(**wanted.dict(exclude={"original"}))
    if renditions.takes_long(entry, format_name):
        return _made_beforehand(request, entry, format_name, chosen, wanted.original)
    made = exporting.export(entry=entry, format_name=format_name, shape=chosen, original=wanted.original)
    pieces = streams.begun(made)  # what that raises can still be told
    name = names.file_name(entry.title, format_name)
    return downloads.streamed(pieces, name, FORMATS[format_name].content_type)


def _made_beforehand(
    request: HttpRequest, entry: Transcription, format_name: str, chosen: shape.Shape, original: bool
) -> HttpResponseBase:
    made = renditions.document(
        entry=entry,
        format_name=format_name,
        shape=chosen,
        original=original,
        now=timezone.now(),
        failure_is_told=True,
    )
    if made is None:
        raise Http404
    if made.error_code:
        raise Refused(made.error_code)
    if made.state != Rendition.State.DONE:
        return HttpResponse(status=HTTPStatus.ACCEPTED, headers={"Retry-After": str(AGAIN_SECONDS)})
    return media.answer(request, media.own(entry, made))
