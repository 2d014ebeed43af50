"""Multipart bodies, for every door that takes them: asked about before they are read, then read into a form."""

import asyncio
from email.message import Message
from typing import Any

from transcriptions import storage
from transcriptions.configuration import current
from transcriptions.uploads.body import Body
from transcriptions.uploads.form import FIELD_BYTES, Form, FormError

Scope = dict[str, Any]


async def refusal(scope: Scope) -> str:
    """Why the body is not even read: the code of a sentence; "" when it is."""
    declared = dict(scope["headers"]).get(b"content-length", b"")
    if not boundary(scope):
        return "broken_upload"
    size = int(declared) if declared.isdigit() else 0
    if size > _limit():
        return "too_large"
    return "" if await asyncio.to_thread(storage.has_room, size) else "no_space"


async def read(body: Body, form: Form) -> None:
    """The whole body into the form. Raises FormError, Disconnected."""
    left = _limit()
    try:
        async for piece in body.pieces():
            left -= len(piece)
            await asyncio.to_thread(_write, form, piece, left)
    except BaseException:
        form.abandon()
        raise
    await asyncio.to_thread(form.close)


def boundary(scope: Scope) -> str:
    """Of a form; "" for every other body."""
    message = Message()
    message["content-type"] = dict(scope["headers"]).get(b"content-type", b"").decode("latin-1")
    found = message.get_param("boundary") if message.get_content_type() == "multipart/form-data" else None
    return found if isinstance(found, str) else ""


def _limit() -> int:
    return int(current.MAX_UPLOAD_BYTES) + FIELD_BYTES


def _write(form: Form, piece: bytes, left: int) -> None:
    """Others fill the disk meanwhile, and not every body says how long it will be.

    left: what is still allowed after this piece.
    """
    if left < 0:
        raise FormError("too_large")
    if not storage.has_room(len(piece)):
        raise FormError("no_space")
    form.write(piece)
