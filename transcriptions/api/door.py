"""The door of programs that speak to others: OpenAI's endpoints at /v1/, whisper-asr-webservice's at /asr; and what
lasts of the house's own at /api/v1/.

Raw ASGI, in front of Django, whose middleware would keep a thread for each request as long as it waits. Who calls is
known before a body is read, by a token alone: no session opens this door.
"""

import logging
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from types import ModuleType
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from transcriptions import metrics
from transcriptions.api import asr, openai
from transcriptions.api.rest import lasting
from transcriptions.api.values import ApiError, Call, Caller, Reply, as_json, whole
from transcriptions.uploads import who
from transcriptions.uploads.answers import Send
from transcriptions.uploads.body import Body, Disconnected, Receive

Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

logger = logging.getLogger(__name__)

GONE = 499  # nginx's, for a client that went away; only counted, nobody hears it


class ProgramDoor:
    """ASGI: everything else goes on to the application behind it."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        path = re.sub("/+", "/", scope["path"]) if scope["type"] == "http" else ""
        speaker = _speaker(scope, path)
        if speaker is None:
            await self.application(scope, receive, send)
            return
        call = Call(scope["method"], path, scope, receive, Body(receive), who.language(scope))
        with translation.override(call.language):
            await _Conversation(call, speaker, send).hold()


def _speaker(scope: dict[str, Any], path: str) -> ModuleType | None:
    if path.startswith(openai.PREFIX):
        return openai
    if path and lasting.is_meant(scope["method"], path):
        return lasting
    return asr if path in {asr.ASR, asr.DETECT} and settings.ENABLE_ASR_ENDPOINT else None


class _Conversation:
    """One call, from who makes it to the last byte of its answer."""

    def __init__(self, call: Call, speaker: ModuleType, send: Send) -> None:
        self._call, self._speaker, self._send = call, speaker, send
        self._caller: Caller | None = None
        self._has_begun = False

    async def hold(self) -> None:
        try:
            self._caller = await self._speaker.admitted(self._call)
            await self._speaker.answer(self._call, self._caller, self._say)
        except ApiError as error:
            await self._refuse(error)
        except Disconnected:
            self._count(GONE)
        except Exception:
            if not self._has_begun:
                message = _("The server had an error while it worked on this.")
                await self._refuse(ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, message, kind="server_error"))
            raise

    async def _refuse(self, error: ApiError) -> None:
        """A sender in mid-body comes to read it, unless its body is long."""
        await self._call.body.drain()
        body = as_json(self._speaker.error_body(error))
        await self._say(
            Reply(whole(body), self._speaker.ERROR_TYPE, error.status, {**error.headers, "connection": "close"})
        )

    async def _say(self, reply: Reply) -> None:
        given = self._caller.headers if self._caller else {}
        headers = {
            "content-type": reply.content_type,
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            **given,
            **reply.headers,
        }
        self._has_begun = True
        self._count(reply.status)
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": int(reply.status), "headers": encoded})
        async for piece in reply.pieces:
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        await self._send({"type": "http.response.body", "body": b""})

    def _count(self, status: int) -> None:
        metrics.api_requests.labels(endpoint=self._speaker.NAME, status=str(int(status))).inc()
