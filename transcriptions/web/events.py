"""A transcript while it is being made, as server-sent events.

Each event's id is the transcript's revision: a browser that comes back says the last one it saw and gets what is
newer. What is sent is the same HTML that the page itself is made of.
"""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
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


@require_GET
async def events(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Continues after the Last-Event-ID header, or after ?since= when there is none."""
    # In one thread with who asks for it: the request's own would keep its connection as long as the stream is open.
    reader = await in_thread(partial(reader_of, request, entry_id))
    if reader is None:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    given = request.headers.get("Last-Event-ID") or request.GET.get("since") or "0"
    since = int(given) if re.fullmatch(r"[0-9]{1,18}", given) else 0
    follow = _follow(request, reader.entry, since)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(follow, content_type="text/event-stream", headers=headers)


async def _follow(request: HttpRequest, entry: Transcription, since: int) -> AsyncIterator[str]:
    language = translation.get_language()
    with metrics.readers.track_inprogress():
        async for event in _told(request, entry, since, language):
            yield event


async def _told(request: HttpRequest, entry: Transcription, since: int, language: str | None) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MILLISECONDS}\n\n"
    async with announcements.of(entry.transcript_id) as changed:
        while True:
            changed.clear()
            try:
                look = await in_thread(partial(_look, request, entry, since, language))
            except Http404:  # deleted in another tab, or revoked
                yield _event("end", since, "")
                return
            async for some in _lines(entry, since, look, language):
                yield some
            yield _event("end" if look.is_over else "status", look.revision, look.status)
            if look.is_over:
                return
            since = look.revision
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


def _look(request: HttpRequest, entry: Transcription, since: int, language: str | None) -> Look:
    shown_before = entry.transcript_id
    reader = still(request, entry)
    entry = reader.entry  # the revision first: what comes in between is sent once more next time
    if entry.transcript_id != shown_before or 0 < since < entry.transcript.anew_revision:
        return Look(entry.transcript.revision, "", is_over=True)  # of another text: the page begins anew
    with translation.override(language):
        shown = contexts.entry(entry)
        context = {"entry": shown, "reader": reader, **contexts.downloads()}
        status = render_to_string(contexts.STATUS[reader.is_owner], context, request)
    return Look(entry.transcript.revision, status, not shown.status.is_live)


async def _lines(entry: Transcription, since: int, look: Look, language: str | None) -> AsyncIterator[str]:
    """Events of AT_ONCE lines each. The last alone tells the new revision: who is cut off before gets all again."""
    for first in count(0, AT_ONCE) if look.status else ():
        piece, is_last = await in_thread(partial(_piece, entry, since, first, language))
        if piece:
            yield _event("segments", look.revision if is_last else since, piece)
        if is_last:
            return


def _piece(entry: Transcription, since: int, first: int, language: str | None) -> tuple[str, bool]:
    found = lines.heard_since(entry, since, first, AT_ONCE + 1)
    with translation.override(language):
        shown = {"lines": [text.line(line) for line in found[:AT_ONCE]]}
        return render_to_string("transcriptions/_lines.html", shown).strip(), len(found) <= AT_ONCE


def _event(name: str, revision: int, data: str) -> str:
    written = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\nid: {revision}\n{written}\n"
