"""The recording itself, for whoever has it in their history or reads there: whole, or the bytes that a player asks for.

What was made of it to be looked at goes the same way.

The site gives the bytes away where it can: to the web server in front by X_ACCEL_REDIRECT, to S3 by an address that is
signed for a while. Otherwise it sends them itself, a little at a time. No file is ever held in memory.
"""

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import PurePosixPath

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from transcriptions import names, storage
from transcriptions.engine import documents
from transcriptions.engine.content_types import content_type
from transcriptions.engine.formats import FORMATS
from transcriptions.models import Rendition, Transcription
from transcriptions.sentences import sentence
from transcriptions.threads import in_thread
from transcriptions.web import ranges
from transcriptions.web.access import Reader, reader_of
from transcriptions.workflow import renditions

MADE = {
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".zip": "application/zip",
    **{f".{name}": FORMATS[name].content_type for name in documents.KINDS},
}  # by the ending of the key; an original's has none


@dataclass(frozen=True)
class Recording:
    """What is sent: where it is, how long, and as what."""

    key: str
    size_bytes: int
    etag: str
    content_type: str
    disposition: str


Find = Callable[[HttpRequest], Recording | None]


@require_safe
async def media(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponseBase:
    """In the form that browsers play, where there is one."""
    return await send(request, _read(entry_id, _recording))


@require_safe
async def video(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponseBase:
    """With the subtitles in the picture."""
    return await send(request, _read(entry_id, partial(_made, kind=Rendition.Kind.SUBTITLED)))


@require_safe
async def inside(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponseBase:
    """With the subtitles to turn on and off."""
    return await send(request, _read(entry_id, partial(_made, kind=Rendition.Kind.INSIDE)))


@require_safe
async def document(request: HttpRequest, entry_id: uuid.UUID, made_id: int) -> HttpResponseBase:
    """A long document, once it is made."""
    return await send(request, _read(entry_id, partial(_document, made_id=made_id)))


async def send(request: HttpRequest, find: Find) -> HttpResponseBase:
    """What `find` finds: None for whoever is to sign in. It raises Http404, FileNotFoundError, Unavailable."""
    try:
        recording = await in_thread(partial(_found, request, find))
    except storage.Unavailable as error:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return HttpResponse(sentence(error.code), status=status, content_type="text/plain", headers={"Retry-After": 60})
    if recording is None:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    return answer(request, recording)


def _found(request: HttpRequest, find: Find) -> Recording | None:
    """In one thread with who asks: the request's own would keep its connection for as long as somebody listens."""
    try:
        return find(request)
    except FileNotFoundError:
        raise Http404 from None


def _read(entry_id: uuid.UUID, find: Callable[[Reader], Recording]) -> Find:
    """Of an entry, for its readers. None for somebody who is signed out and has no link."""

    def found(request: HttpRequest) -> Recording | None:
        reader = reader_of(request, entry_id)
        return None if reader is None else find(reader)

    return found


def _recording(reader: Reader) -> Recording:
    """The original or what is kept of it, or its proxy. What its file was called is the owner's business."""
    entry = reader.entry
    name = entry.file_name
    if not reader.is_owner:
        name = names.file_name(entry.title, PurePosixPath(name).suffix[1:] or "bin")
    found, proxy = entry.transcript.media, renditions.proxy_of(entry.transcript.media)
    key = proxy.storage_key if proxy else found.storage_key
    codec = found.audio_tracks[0]["codec"] if found.audio_tracks else ""
    kind = content_type(found.container, codec, found.video_codec)
    return stored(key, name, kind, as_attachment=False)


def _made(reader: Reader, kind: str) -> Recording:
    """Raises Http404 for whoever is not the owner."""
    if not reader.is_owner:
        raise Http404
    return own(reader.entry, renditions.of(reader.entry, kind))


def _document(reader: Reader, made_id: int) -> Recording:
    if not reader.can_download:
        raise Http404
    return own(reader.entry, renditions.documents_of(reader.entry).filter(pk=made_id).first())


def own(entry: Transcription, made: Rendition | None) -> Recording:
    """Raises FileNotFoundError, Unavailable."""
    key = made.storage_key if made else ""
    return stored(key, names.file_name(entry.title, PurePosixPath(key).suffix[1:]), as_attachment=True)


def stored(key: str, name: str, kind: str = "", *, as_attachment: bool) -> Recording:
    """name, kind: of an original. Raises FileNotFoundError, Unavailable."""
    ending = PurePosixPath(key).suffix
    if ending in MADE and not name.endswith(ending):
        name = f"{PurePosixPath(name).stem}{ending}"
    return Recording(
        key=key,
        size_bytes=storage.size(key),
        etag=f'"{PurePosixPath(key).name}"',  # the original's sha256, or what is as new as the file
        content_type=MADE.get(ending, kind),
        disposition=content_disposition_header(as_attachment=as_attachment, filename=name) or "inline",
    )


def answer(request: HttpRequest, recording: Recording) -> HttpResponseBase:
    """The bytes, or where somebody else sends them."""
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
