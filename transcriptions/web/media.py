"""The recording itself, for whoever has it in their history: whole, or the bytes that a player asks for.

The site gives the bytes away where it can: to the web server in front by X_ACCEL_REDIRECT, to S3 by an address that is
signed for a while. Otherwise it sends them itself, a little at a time. No file is ever held in memory.
"""

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import PurePosixPath

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from transcriptions import storage
from transcriptions.engine.content_types import content_type
from transcriptions.sentences import sentence
from transcriptions.threads import in_thread
from transcriptions.web import ranges
from transcriptions.web.access import entry_of
from transcriptions.workflow.keep import SOUND_ENDING

SOUND_TYPE = "audio/mp4"


@dataclass(frozen=True)
class Recording:
    """What is sent: where it is, how long, and as what."""

    key: str
    size_bytes: int
    etag: str
    content_type: str
    disposition: str


@require_safe
async def media(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponseBase:
    try:
        recording = await in_thread(partial(_recording, request, entry_id))
    except storage.Unavailable as error:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return HttpResponse(sentence(error.code), status=status, content_type="text/plain", headers={"Retry-After": 60})
    if recording is None:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    return _answer(request, recording)


def _recording(request: HttpRequest, entry_id: uuid.UUID) -> Recording | None:
    """In one thread with who asks for it: the request's own would keep its connection for as long as somebody listens.

    None for somebody who is signed out. Raises Http404, Unavailable.
    """
    if not request.user.is_authenticated:
        return None
    entry = entry_of(request.user, entry_id)
    found = entry.transcript.media
    codec = found.audio_tracks[0]["codec"] if found.audio_tracks else ""
    try:
        size = storage.size(found.storage_key)
    except FileNotFoundError:
        raise Http404 from None
    is_sound = found.storage_key.endswith(SOUND_ENDING)  # of a recording of which no more is kept
    name = f"{PurePosixPath(entry.file_name).stem}{SOUND_ENDING}" if is_sound else entry.file_name
    return Recording(
        key=found.storage_key,
        size_bytes=size,
        etag=f'"{PurePosixPath(found.storage_key).name}"',  # its sha256
        content_type=SOUND_TYPE if is_sound else content_type(found.container, codec, found.video_codec),
        disposition=content_disposition_header(as_attachment=False, filename=name) or "inline",
    )


def _answer(request: HttpRequest, recording: Recording) -> HttpResponseBase:
    elsewhere = _elsewhere(recording)
    if elsewhere:
        return elsewhere
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",  # kept, but asked about each time: it may be deleted, or somebody else's
        "Content-Disposition": recording.disposition,
        "ETag": recording.etag,
    }
    known = get_conditional_response(request, etag=recording.etag, response=HttpResponse(headers=headers))
    if known and known.status_code != HTTPStatus.OK:
        return known
    try:
        part = _part(request, recording)
    except ranges.Unsatisfiable:
        status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        return HttpResponse(status=status, headers={**headers, "Content-Range": f"bytes */{recording.size_bytes}"})
    if part:
        headers["Content-Range"] = part.content_range(recording.size_bytes)
    return _sent(request, recording, headers, part)


def _elsewhere(recording: Recording) -> HttpResponse | None:
    """The answer that has somebody else send the bytes, who sees to ranges."""
    kept = {"content_type": recording.content_type, "disposition": recording.disposition}
    if address := storage.address(recording.key, seconds=settings.SIGNED_ADDRESS_MINUTES * 60, **kept):
        return HttpResponse(status=HTTPStatus.FOUND, headers={"Location": address, "Cache-Control": "no-store"})
    if not settings.X_ACCEL_REDIRECT or settings.S3:
        return None
    place = f"{settings.X_ACCEL_REDIRECT.rstrip('/')}/{recording.key}"
    headers = {"X-Accel-Redirect": place, "Content-Disposition": recording.disposition}
    return HttpResponse(content_type=recording.content_type, headers={**headers, "Cache-Control": "private, no-cache"})


def _part(request: HttpRequest, recording: Recording) -> ranges.Part | None:
    """None for the whole. Raises Unsatisfiable."""
    asked, only_if = request.headers.get("Range", ""), request.headers.get("If-Range")
    if request.method != "GET" or (only_if is not None and only_if != recording.etag):
        return None
    return ranges.part(asked, recording.size_bytes)


def _sent(
    request: HttpRequest, recording: Recording, headers: dict[str, str], part: ranges.Part | None
) -> HttpResponseBase:
    status = HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK
    start, end = (part.start, part.end) if part else (0, recording.size_bytes)
    headers["Content-Length"] = str(end - start)
    if request.method == "HEAD":
        return HttpResponse(status=status, content_type=recording.content_type, headers=headers)
    sending = _Sending(storage.pieces(recording.key, start, end))
    return StreamingHttpResponse(sending, status=status, content_type=recording.content_type, headers=headers)


class _Sending:
    """The bytes, read beside the event loop, when the one who listens is ready for more; no thread waits meanwhile.

    Django calls `close` at the end and when the line was cut: the file is closed then, and not some time later.
    """

    def __init__(self, pieces: Generator[bytes]) -> None:
        self._pieces = pieces
        self._reading = threading.Lock()  # a cut line leaves a read in its thread, and a running generator cannot end

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await asyncio.to_thread(self._next):
            yield piece

    def close(self) -> None:
        with self._reading:
            self._pieces.close()

    def _next(self) -> bytes:
        with self._reading:
            return next(self._pieces, b"")
