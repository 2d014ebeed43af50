"""Every request has a number and ends in a line of the log; both doors of uploads are behind this, too.

The number is the proxy's or the browser's `X-Request-ID`, or a new one; the answer says it. What is asked for by the
request is followed under it: see transcriptions.trail.
"""

import logging
import re
import time
import uuid
from typing import Any

import structlog
from django.urls import Resolver404, resolve

from transcribe_site.logs import NOWHERE
from transcriptions import traces
from transcriptions.api.openai import PREFIX as OPENAI
from transcriptions.uploads.resume import PATH as UPLOADS

logger = structlog.get_logger(__name__)

HEADER = b"x-request-id"
GIVEN = re.compile(rb"[A-Za-z0-9-]{8,64}")
OFTEN = {"healthz", "readyz", "metrics"}  # asked every few seconds, by machines
FAILED = 500


class Requests:
    """ASGI."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        given = dict(scope["headers"]).get(HEADER, b"")
        request_id = given.decode() if GIVEN.fullmatch(given) else uuid.uuid4().hex
        route, about = _place(scope["path"])
        method = str(scope["method"])
        status, started = 0, time.monotonic()

        async def answer(message: dict[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", []), (HEADER, request_id.encode())]}
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id, **about):
            values = {"http.request.method": method, "http.route": route, "request_id": request_id}
            try:
                with traces.span(f"{method} {route}", values):
                    await self.application(scope, receive, answer)
            finally:
                seconds = round(time.monotonic() - started, 3)
                level = logging.DEBUG if route in OFTEN and status < FAILED else logging.INFO
                logger.log(level, "request", method=method, route=route, status=status, seconds=seconds)


def _place(path: str) -> tuple[str, dict[str, str]]:
    """The pattern of an address, and whose transcription it is about."""
    if path.startswith(UPLOADS):
        return UPLOADS, {"upload": path.removeprefix(UPLOADS)[:36]} if path != UPLOADS else {}
    if path.startswith(OPENAI):
        return OPENAI, {}
    try:
        found = resolve(path)
    except Resolver404:
        return NOWHERE, {}
    entry = found.kwargs.get("entry_id")
    return str(found.route) or "/", {"transcription": str(entry)} if entry else {}
