"""The upload door, in front of Django: takes a multipart body while it arrives.

Django would first write the whole body to disk, for anybody, of any size. Here a stranger is sent away and a body
that is too large refused before it is read; each file goes straight to disk, and Django gets a small form and, in the
scope, where the files are. Does not decide what a file is worth.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from transcriptions import temporary, traces
from transcriptions.configuration import current
from transcriptions.threads import in_thread
from transcriptions.uploads import reading, who
from transcriptions.uploads.body import Body, Disconnected, Event, Receive
from transcriptions.uploads.form import Fields, Form, FormError
from transcriptions.workflow.intake import ReceivedFile

Scope = dict[str, Any]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

logger = logging.getLogger(__name__)

PATH = "/upload/"
SCOPE_KEY = "transcribe.received"
SINGLE_FILE = b"x-single-file"  # the header of a form that brings one file and is told at once when it will not do
SMALL_BYTES = 1024**2  # of a body that brings no file


@dataclass(frozen=True)
class Received:
    """What came of a body: its files, or the code of the sentence to refuse it with."""

    files: list[ReceivedFile] = field(default_factory=list)
    error: str = ""


class UploadReceiver:
    """ASGI: everything goes to Django as it is, except POST /upload/ and the server's word that it starts or ends."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] != "http":
            await self.application(scope, receive, send)
        elif scope["path"] != PATH or scope["method"] != "POST":
            await self._pass(scope, receive, send)
        elif refusal := await _refusal(scope):
            await self._hand_over(scope, send, Received(error=refusal))
        else:
            await self._take(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Everything else is a small form: Django would write any body to disk, for anybody, before it looks at it."""
        declared = dict(scope["headers"]).get(b"content-length", b"")
        if declared.isdigit() and int(declared) > SMALL_BYTES:
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b"This is too large for this address.\n"})
        else:
            await self.application(scope, _at_most(SMALL_BYTES, receive), send)

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        folder = temporary.make("upload")
        try:
            received, fields = await _receive_form(scope, receive, folder)
            await self._hand_over(scope, send, received, urlencode(fields).encode())
        except Disconnected:
            logger.info("An upload was broken off.")
        finally:
            await asyncio.to_thread(temporary.remove, folder)  # it goes on in its thread, whoever stops waiting for it

    async def _hand_over(self, scope: Scope, send: Send, received: Received, body: bytes = b"") -> None:
        """Call Django with a small form in place of the body."""
        replaced = {b"content-type": b"application/x-www-form-urlencoded", b"content-length": str(len(body)).encode()}
        dropped = {*replaced, b"transfer-encoding"}
        headers = [*((name, value) for name, value in scope["headers"] if name not in dropped), *replaced.items()]
        messages: list[Event] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Event:
            return messages.pop() if messages else await asyncio.Future()

        async def send_and_close(message: Event) -> None:
            if received.error and message["type"] == "http.response.start":
                # What is left of the body will not be read.
                message = {**message, "headers": [*message.get("headers", []), (b"connection", b"close")]}
            await send(message)

        await self.application({**scope, "headers": headers, SCOPE_KEY: received}, receive, send_and_close)


async def _live(receive: Receive, send: Send) -> None:
    """A server that ends stops uploads in mid-body without coming back to them: what they have written goes here."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.to_thread(temporary.remove_own)
    await asyncio.to_thread(traces.end)
    await send({"type": "lifespan.shutdown.complete"})


async def _refusal(scope: Scope) -> str:
    """Why the body is not even read; "" when it is."""
    return await reading.refusal(scope) if await in_thread(partial(who.person, scope)) else "signed_out"


async def _receive_form(scope: Scope, receive: Receive, folder: Path) -> tuple[Received, Fields]:
    fields: Fields = []
    try:
        is_single = SINGLE_FILE in dict(scope["headers"])
        form = Form(reading.boundary(scope), folder, max_files=1 if is_single else current.MAX_FILES_PER_UPLOAD)
        fields = form.fields
        await reading.read(Body(receive), form)
    except FormError as error:
        return Received(error=error.code), fields
    return Received(files=form.files), fields


def _at_most(left: int, receive: Receive) -> Receive:
    async def limited() -> Event:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        return message if left >= 0 else {"type": "http.disconnect"}

    return limited
