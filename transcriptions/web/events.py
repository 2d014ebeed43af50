"""A transcript while it is being made, as server-sent events.

Each event's id is the transcript's revision: a browser that comes back says the last one it saw and gets what is
newer. What is sent is the same HTML that the page itself is made of; programs get the same events with JSON.
"""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import count

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_GET

from transcriptions import metrics
from transcriptions.models import Transcription
from transcriptions.progress import announcements
from transcriptions.threads import in_thread
from transcriptions.web import contexts, text
from transcriptions.web.access import Reader, reader_of
from transcriptions.workflow import lines

PING_SECONDS = 15  # a comment now and then keeps proxies from closing the line, and finds what was not announced
REST_SECONDS = 0.25  # between two looks: a burst of segments is one event
AT_ONCE = 200  # segments in an event
RETRY_MILLISECONDS = 1500


@dataclass(frozen=True)
class Look:
    """What there is to be told, ready to be sent; the segments that came until `revision` are asked for by pieces."""

    revision: int
    status: str
    is_over: bool


Looking = Callable[[Transcription, int], Look]  # since a revision
Piece = Callable[
    [Transcription, int, int], tuple[str, bool]
]  # since a revision, from a line on; whether it is the last


@require_GET
async def events(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Continues after the Last-Event-ID header, or after ?since= when there is none."""
    # In one thread with who asks for it: the request's own would keep its connection as long as the stream is open.
    reader = await in_thread(partial(reader_of, request, entry_id))
    if reader is None:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    given = request.headers.get("Last-Event-ID") or request.GET.get("since") or "0"
    since = int(given) if re.fullmatch(r"[0-9]{1,18}", given) else 0
    language = translation.get_language()
    events = follow(reader.entry, since, partial(_look, request, language), partial(_piece, language))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(events, content_type="text/event-stream", headers=headers)


async def follow(entry: Transcription, since: int, look: Looking, piece: Piece) -> AsyncIterator[str]:
    """The events after a revision, to the end of the work; both are called in threads."""
    with metrics.readers.track_inprogress():
        async for event in _told(entry, since, look, piece):
            yield event


async def _told(entry: Transcription, since: int, look: Looking, piece: Piece) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MILLISECONDS}\n\n"
    async with announcements.of(entry.transcript_id) as changed:
        while True:
            changed.clear()
            try:
                seen = await in_thread(partial(look, entry, since))
            except Http404:  # deleted in another tab, or revoked
                yield _event("end", since, "")
                return
            async for some in _lines(entry, since, seen, piece):
                yield some
            yield _event("end" if seen.is_over else "status", seen.revision, seen.status)
            if seen.is_over:
                return
            since = seen.revision
            await asyncio.sleep(REST_SECONDS)
            try:
                await asyncio.wait_for(changed.wait(), PING_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"


def still(request: HttpRequest, entry: Transcription) -> Reader:
    """As it is by now. Raises Http404 where it was deleted, or is not open to them any more."""
    reader = reader_of(request, entry.pk)
    if reader is None:
        raise Http404
    return reader


def ended(before: Transcription, entry: Transcription, since: int) -> Look | None:
    """The end, where the entry is over another text than the one who follows has: they begin anew."""
    if entry.transcript_id == before.transcript_id and not 0 < since < entry.transcript.anew_revision:
        return None
    return Look(entry.transcript.revision, "", is_over=True)


def _look(request: HttpRequest, language: str | None, before: Transcription, since: int) -> Look:
    reader = still(request, before)
    entry = reader.entry  # the revision first: what comes in between is sent once more next time
    if end := ended(before, entry, since):
        return end
    with translation.override(language):
        shown = contexts.entry(entry)
        context = {"entry": shown, "reader": reader, **contexts.downloads()}
        status = render_to_string(contexts.STATUS[reader.is_owner], context, request)
    return Look(entry.transcript.revision, status, not shown.status.is_live)


async def _lines(entry: Transcription, since: int, look: Look, piece: Piece) -> AsyncIterator[str]:
    """Events of AT_ONCE lines each. The last alone tells the new revision: who is cut off before gets all again."""
    for first in count(0, AT_ONCE) if look.status else ():
        some, is_last = await in_thread(partial(piece, entry, since, first))
        if some:
            yield _event("segments", look.revision if is_last else since, some)
        if is_last:
            return


def _piece(language: str | None, entry: Transcription, since: int, first: int) -> tuple[str, bool]:
    found = lines.heard_since(entry, since, first, AT_ONCE + 1)
    with translation.override(language):
        shown = {"lines": [text.line(line) for line in found[:AT_ONCE]]}
        return render_to_string("transcriptions/_lines.html", shown).strip(), len(found) <= AT_ONCE


def _event(name: str, revision: int, data: str) -> str:
    written = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\nid: {revision}\n{written}\n"
