"""A sender of tus, played by hand: each event of a body when the test wants it."""

import base64
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from asgiref.sync import async_to_sync

from accounts.models import User
from tests.uploads import asgi
from tests.uploads.asgi import DISCONNECT, Answer
from transcribe_site.asgi import application

PATH = "/api/v1/uploads/"
Events = list[dict[str, Any]]
BODY = "application/offset+octet-stream"


def metadata(**given: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in given.items())


@dataclass
class Sender:
    """Somebody's browser; `token` makes it a program."""

    user: User
    token: str = ""

    @cached_property
    def cookies(self) -> dict[str, str]:
        return asgi.person(self.user)

    def ask(self, method: str, path: str, **headers: str) -> Answer:
        return self.send(method, path, asgi.whole(b""), **headers)

    def send(self, method: str, path: str, events: Events, **headers: str) -> Answer:
        assert self.token or self.cookies
        return async_to_sync(self.sent)(method, path, events, **headers)

    async def sent(self, method: str, path: str, events: Events, **headers: str) -> Answer:
        given = {"tus_resumable": "1.0.0", **headers}
        if self.token:
            given["authorization"] = f"Bearer {self.token}"
        request = asgi.scope({} if self.token else self.cookies, method=method, path=path, **given)
        return await asgi.exchange(application, request, events)

    def create(self, size: int | None, name: str = "a.wav", **more: str) -> str:
        """Its address."""
        length = {"upload_defer_length": "1"} if size is None else {"upload_length": str(size)}
        answer = self.ask("POST", PATH, upload_metadata=metadata(filename=name, **more), **length)
        assert answer.status == 201, answer.body
        return answer.headers["location"]

    def patch(self, path: str, offset: int, content: bytes, *, cut: bool = False, **headers: str) -> Answer:
        """cut: the line breaks behind the content."""
        events = [*asgi.body_events([content]), DISCONNECT] if cut else asgi.whole(content)
        given = {"content_type": BODY, "upload_offset": str(offset), **headers}
        return self.send("PATCH", path, events, **given)

    def offset(self, path: str) -> int:
        return int(self.ask("HEAD", path).headers["upload-offset"])
