"""The door of resumable uploads, in front of Django: tus 1.0 at /api/v1/uploads/, for browsers and programs.

Raw ASGI: Django reads a body to its end before it looks at it, so a cut one would leave nothing. Here a piece is in the
file before the next one is read, and whoever comes back goes on behind it.
"""

import asyncio
import re
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import http_date

from accounts.models import User
from transcriptions import incoming, storage
from transcriptions.configuration import current
from transcriptions.incoming import Busy, Writer
from transcriptions.models import Upload
from transcriptions.sentences import sentence
from transcriptions.threads import in_thread
from transcriptions.uploads import tus, who
from transcriptions.uploads.answers import Answer, Send, problem, refusal
from transcriptions.uploads.body import Body, Disconnected, Receive
from transcriptions.workflow import arrive
from transcriptions.workflow.intake import CHOICES, Refused, limits

Scope = dict[str, Any]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Result = TypeVar("Result")

PATH = "/api/v1/uploads/"
PLACE = re.compile(rf"{PATH}(?P<id>[0-9a-f-]{{36}})?/?")
ENTRY_HEADER = "transcription-location"
BUSY_SECONDS = 2.0  # for so long a newcomer waits for the one who writes: a cut line is noticed within that
BUSY_LOOK_SECONDS = 0.05


class Overflow(Exception):  # noqa: N818 - a verdict
    """There are more bytes than the upload has."""


@dataclass(frozen=True)
class Request:
    """One request; header names are in small letters. `language` is that of sentences."""

    method: str
    upload_id: uuid.UUID | None
    headers: dict[str, str]
    body: Body
    language: str

    @property
    def has_body(self) -> bool:
        return self.headers.get("content-type") == tus.BODY_TYPE

    @property
    def body_bytes(self) -> int:
        """As declared; 0 where it is not."""
        return tus.number(self.headers, "content-length") or 0


class ResumableUploads:
    """ASGI: everything else goes on to the application behind it."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = PLACE.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if place is None:
            await self.application(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            upload_id = uuid.UUID(place["id"]) if place["id"] else None
        except ValueError:
            upload_id = None
        method = (headers.get("x-http-method-override") or str(scope["method"])).upper()
        request = Request(method, upload_id, headers, Body(receive), who.language(scope))
        try:
            answer = await _answer(request, scope)
        except Disconnected:
            return
        await _send(answer, request, send)


async def _send(answer: Answer, request: Request, send: Send) -> None:
    more = {"tus-resumable": tus.VERSION, "cache-control": "no-store", "x-content-type-options": "nosniff"}
    if answer.status >= HTTPStatus.BAD_REQUEST and request.method in {"POST", "PATCH"}:
        await request.body.drain()
        more["connection"] = "close"
    if request.method == "HEAD":
        answer = Answer(answer.status, answer.headers)
    await answer.send(send, **more)


async def _answer(request: Request, scope: Scope) -> Answer:
    if request.method == "OPTIONS":
        return _abilities()
    if request.headers.get("tus-resumable") != tus.VERSION:
        return Answer(HTTPStatus.PRECONDITION_FAILED, {"tus-version": tus.VERSION})
    try:
        return await _done(request, await in_thread(partial(who.person, scope)))
    except tus.ProtocolError as error:
        return problem(error.status, "protocol", error.detail)
    except (Refused, storage.Unavailable) as refused:
        return _refusal(request, refused)
    except (Upload.DoesNotExist, FileNotFoundError, arrive.Gone):
        return problem(HTTPStatus.NOT_FOUND, "not_found", "There is no such upload.")


async def _done(request: Request, user: User | None) -> Answer:
    if user is None:
        raise Refused("signed_out")
    ways = {"POST": _create} if request.upload_id is None else {"HEAD": _head, "PATCH": _patch, "DELETE": _delete}
    if request.method not in ways:
        raise tus.ProtocolError(HTTPStatus.METHOD_NOT_ALLOWED, f"Only {', '.join(ways)} here.")
    return await ways[request.method](request, user)


def _abilities() -> Answer:
    headers = {
        "tus-version": tus.VERSION,
        "tus-extension": tus.EXTENSIONS,
        "tus-max-size": str(current.MAX_UPLOAD_BYTES),
        "tus-checksum-algorithm": ",".join(tus.ALGORITHMS),
    }
    return Answer(HTTPStatus.NO_CONTENT, headers)


def _refusal(request: Request, refused: Refused | storage.Unavailable) -> Answer:
    values = refused.values if isinstance(refused, Refused) else {}
    with translation.override(request.language):
        return refusal(refused.code, sentence(refused.code, **values))


async def _create(request: Request, user: User) -> Answer:
    """creation, creation-with-upload, creation-defer-length."""
    size, given = tus.length(request.headers), tus.metadata(request.headers)
    modified = given.get("lastModified", "")
    upload = await _in_thread(
        request,
        arrive.expect,
        user=user,
        name=given.get("filename") or given.get("name", ""),
        size_bytes=size,
        last_modified=int(modified) if re.fullmatch(r"[0-9]{1,15}", modified, re.ASCII) else None,
        chosen={name: given[name] for name in CHOICES if name in given},
        metadata=request.headers.get("upload-metadata", ""),
        now=timezone.now(),
    )
    headers = {"location": f"{PATH}{upload.pk}", "upload-expires": http_date(upload.expires_at.timestamp())}
    if request.has_body and size is not None and request.body_bytes > size:
        await _in_thread(request, arrive.give_up, upload, timezone.now())
        raise _too_much(upload)
    if request.has_body:
        async with _writing(upload) as writer:
            taken = await _take(request, upload, writer)
        headers |= taken.headers
    return Answer(HTTPStatus.CREATED, headers)


async def _head(request: Request, user: User) -> Answer:
    upload = await in_thread(partial(_upload_of, user, request.upload_id))
    if upload.error_code:
        return Answer(HTTPStatus.GONE)
    there = upload.size_bytes if upload.completed_at else await asyncio.to_thread(incoming.size, upload.pk)
    length = {"upload-length": str(upload.size_bytes)} if upload.size_bytes else {"upload-defer-length": "1"}
    return Answer(HTTPStatus.OK, {"upload-offset": str(there), **length, **_told(upload)})


async def _patch(request: Request, user: User) -> Answer:
    if not request.has_body:
        raise tus.ProtocolError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body's type is {tus.BODY_TYPE}.")
    offset = tus.number(request.headers, "upload-offset")
    if offset is None:
        raise tus.ProtocolError(HTTPStatus.BAD_REQUEST, "Upload-Offset is missing.")
    upload = await in_thread(partial(_upload_of, user, request.upload_id))
    if upload.error_code:
        return _refusal(request, Refused(upload.error_code, **limits(upload.error_code)))
    if upload.completed_at:
        return await _complete_already(request, upload, offset)
    async with _writing(upload) as writer:
        upload = await in_thread(partial(_upload_of, user, upload.pk))  # the one before us may have said its length
        if offset != writer.size:
            return problem(HTTPStatus.CONFLICT, "offset", f"{writer.size} bytes are there.")
        return await _take(request, upload, writer)


async def _delete(request: Request, user: User) -> Answer:
    upload = await in_thread(partial(_upload_of, user, request.upload_id))
    if not (upload.completed_at or upload.error_code or upload.address):
        async with _writing(upload):
            await _in_thread(request, arrive.give_up, upload, timezone.now())
    else:
        await _in_thread(request, arrive.give_up, upload, timezone.now())
    return Answer(HTTPStatus.NO_CONTENT)


async def _complete_already(request: Request, upload: Upload, offset: int) -> Answer:
    if offset != upload.size_bytes:
        return problem(HTTPStatus.CONFLICT, "offset", f"{upload.size_bytes} bytes are there.")
    async for _ in request.body.pieces():
        raise _too_much(upload)
    return Answer(HTTPStatus.NO_CONTENT, {"upload-offset": str(offset), **_told(upload)})


async def _take(request: Request, upload: Upload, writer: Writer) -> Answer:
    """The body, behind what is there. Raises Refused, ProtocolError, storage.Unavailable, Gone."""
    await _in_thread(request, arrive.prolong, upload, timezone.now())
    await _hear_length(request, upload, writer)
    left = (upload.size_bytes or current.MAX_UPLOAD_BYTES) - writer.size
    if request.body_bytes > left:
        raise _too_much(upload)
    if not await asyncio.to_thread(storage.has_room, request.body_bytes):
        raise Refused("no_space")
    checksum = tus.checksum(request.headers)
    try:
        if checksum is None:
            await _write(request, upload, writer, left)
        else:
            before = writer.size
            await _write_verified(request, writer, left, checksum)
            if arrive.is_worth_a_look(upload, before, writer.size):
                await _in_thread(request, arrive.look, upload, writer, timezone.now())
    except Overflow:
        raise _too_much(upload) from None
    finally:
        await _in_thread(request, arrive.prolong, upload, timezone.now())
    if writer.size == upload.size_bytes:
        await _in_thread(request, arrive.complete, upload, writer, timezone.now())
    upload = await in_thread(partial(_upload_of, upload.user, upload.pk))
    return Answer(HTTPStatus.NO_CONTENT, {"upload-offset": str(writer.size), **_told(upload)})


async def _hear_length(request: Request, upload: Upload, writer: Writer) -> None:
    """Of an upload that was begun without: it may be said once."""
    said = tus.number(request.headers, "upload-length")
    if request.method != "PATCH" or said is None or said == upload.size_bytes:
        return
    if upload.size_bytes is not None or said < writer.size:
        raise tus.ProtocolError(HTTPStatus.BAD_REQUEST, "The upload has another length.")
    await _in_thread(request, arrive.say_size, upload, said)


def _too_much(upload: Upload) -> Exception:
    if upload.size_bytes is None:
        return Refused("too_large", **limits("too_large"))
    return tus.ProtocolError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The upload has {upload.size_bytes} bytes.")


async def _write(request: Request, upload: Upload, writer: Writer, left: int) -> None:
    async for piece in request.body.pieces():
        before, fits = writer.size, piece[:left]
        left -= len(fits)
        await asyncio.to_thread(_write_piece, writer, fits)
        if arrive.is_worth_a_look(upload, before, writer.size):
            await _in_thread(request, arrive.look, upload, writer, timezone.now())
        if len(fits) < len(piece):
            raise Overflow


async def _write_verified(request: Request, writer: Writer, left: int, checksum: tus.Checksum) -> None:
    with writer.verified(checksum.algorithm, checksum.digest) as verified:
        async for piece in request.body.pieces():
            left -= len(piece)
            if left < 0:
                raise Overflow
            await asyncio.to_thread(_write_piece, writer, piece)
            verified.update(piece)
    if verified.digest() != checksum.digest:
        raise tus.ProtocolError(tus.CHECKSUM_MISMATCH, "The checksum is another one.")


def _write_piece(writer: Writer, piece: bytes) -> None:
    """Others fill the disk meanwhile, and not every body says how long it will be."""
    storage.ask_for_room(len(piece))
    writer.write(piece)


@asynccontextmanager
async def _writing(upload: Upload) -> AsyncIterator[Writer]:
    """Raises ProtocolError, FileNotFoundError."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        opened = incoming.writer(upload.pk)
        try:
            writer = await asyncio.to_thread(opened.__enter__)
            break
        except Busy:
            if time.monotonic() > until:
                raise tus.ProtocolError(HTTPStatus.LOCKED, "Somebody else is sending this file just now.") from None
            await asyncio.sleep(BUSY_LOOK_SECONDS)
    try:
        yield writer
    finally:
        opened.__exit__(None, None, None)


def _upload_of(user: User, upload_id: uuid.UUID | None) -> Upload:
    """The one way to somebody's upload: through its owner. Raises Upload.DoesNotExist."""
    if upload_id is None:
        raise Upload.DoesNotExist
    return Upload.objects.select_related("user").get(pk=upload_id, user=user)


def _told(upload: Upload) -> dict[str, str]:
    headers = {"upload-expires": http_date(upload.expires_at.timestamp())}
    if upload.metadata:
        headers["upload-metadata"] = upload.metadata
    if upload.transcription_id:
        headers[ENTRY_HEADER] = reverse("transcript", args=[upload.transcription_id])
    return headers


async def _in_thread(request: Request, work: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
    """Database work whose refusals are said in the sender's language."""

    def run() -> Result:
        with translation.override(request.language):
            return work(*arguments, **named)

    return await in_thread(run)
