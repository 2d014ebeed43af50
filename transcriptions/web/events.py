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

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_GET

from transcriptions.models import Transcription
from transcriptions.progress import Announcements
from transcriptions.threads import in_thread
from transcriptions.web import contexts
from transcriptions.web.access import entry_of
from transcriptions.workflow import lines

PING_SECONDS = 15  # a comment now and then keeps proxies from closing the line, and finds what was not announced
REST_SECONDS = 0.25  # between two looks: a burst of segments is one event
RETRY_MILLISECONDS = 1500

announcements = Announcements()


@dataclass(frozen=True)
class Look:
    """What has changed since a revision, ready to be sent."""

    revision: int
    segments: str
    status: str
    is_over: bool


@require_GET
async def events(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Continues after the Last-Event-ID header, or after ?since= when there is none."""
    entry = await in_thread(partial(_entry, request, entry_id))
    if entry is None:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    given = request.headers.get("Last-Event-ID") or request.GET.get("since") or "0"
    since = int(given) if re.fullmatch(r"[0-9]{1,18}", given) else 0
    follow = _follow(request, entry, since)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(follow, content_type="text/event-stream", headers=headers)


def _entry(request: HttpRequest, entry_id: uuid.UUID) -> Transcription | None:
    """In one thread with who asks for it: the request's own would keep its connection as long as the stream is open."""
    return entry_of(request.user, entry_id) if request.user.is_authenticated else None


async def _follow(request: HttpRequest, entry: Transcription, since: int) -> AsyncIterator[str]:
    language = translation.get_language()
    yield f"retry: {RETRY_MILLISECONDS}\n\n"
    async with announcements.of(entry.transcript_id) as changed:
        while True:
            changed.clear()
            try:
                look = await in_thread(partial(_look, request, entry, since, language))
            except Http404:  # deleted in another tab
                yield _event("end", since, "")
                return
            if look.segments:
                yield _event("segments", look.revision, look.segments)
            yield _event("end" if look.is_over else "status", look.revision, look.status)
            if look.is_over:
                return
            since = look.revision
            await asyncio.sleep(REST_SECONDS)
            try:
                await asyncio.wait_for(changed.wait(), PING_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"


def _look(request: HttpRequest, entry: Transcription, since: int, language: str | None) -> Look:
    shown_before = entry.transcript_id
    entry = entry_of(entry.user, entry.pk)  # the revision first: what comes in between is sent once more next time
    if entry.transcript_id != shown_before or 0 < since < entry.transcript.anew_revision:
        return Look(entry.transcript.revision, "", "", is_over=True)  # of another text: the page begins anew
    newer = lines.heard_since(entry, since)
    with translation.override(language):
        shown = contexts.entry(entry)
        rows = [render_to_string("transcriptions/_segment.html", {"segment": contexts.segment(line)}) for line in newer]
        status = render_to_string(
            "transcriptions/_status.html", {"entry": shown, "formats": contexts.formats()}, request
        )
    return Look(entry.transcript.revision, "".join(rows), status, not shown.status.is_live)


def _event(name: str, revision: int, data: str) -> str:
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\nid: {revision}\n{lines}\n"
