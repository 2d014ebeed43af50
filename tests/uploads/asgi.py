"""An ASGI server's side of one request, played by hand: each event of the body when the test wants it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from asgiref.sync import async_to_sync
from django.test import Client

from accounts.models import User
from tests.uploads import forms

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

DISCONNECT = {"type": "http.disconnect"}
SECONDS = 20


@dataclass
class Answer:
    """What came back; `taken` is how many events of the body were asked for."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    body: bytes = b""
    taken: int = 0

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def person(user: User) -> dict[str, str]:
    """The cookies of somebody's browser that has opened the page with the form."""
    client = Client()
    client.force_login(user)
    client.get("/")
    return {name: morsel.value for name, morsel in client.cookies.items()}


def scope(cookies: dict[str, str], *, method: str = "POST", path: str = "/upload/", **headers: str) -> dict[str, Any]:
    given = {"host": "testserver", "accept": "application/json", "content-type": forms.CONTENT_TYPE}
    given["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
    }


def body_events(pieces: Iterable[bytes]) -> list[dict[str, Any]]:
    """The body's events, none of which is the last one."""
    return [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]


def whole(body: bytes, size: int = 65_536) -> list[dict[str, Any]]:
    events = body_events(forms.pieces(body, size) or [b""])
    events[-1]["more_body"] = False
    return events


async def exchange(application: Application, request: dict[str, Any], events: list[dict[str, Any]]) -> Answer:
    """Events come one by one; after the last one the line is open and silent."""
    answer, left = Answer(), list(events)

    async def receive() -> dict[str, Any]:
        answer.taken += 1
        return left.pop(0) if left else await asyncio.Future()

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            for name, value in message["headers"]:
                answer.headers[name.decode().lower()] = value.decode()
                if name.lower() == b"set-cookie":
                    answer.cookies.load(value.decode())
        else:
            answer.body += message.get("body", b"")

    await asyncio.wait_for(application(request, receive, send), SECONDS)
    return answer


def post(application: Application, request: dict[str, Any], events: list[dict[str, Any]]) -> Answer:
    return async_to_sync(exchange)(application, request, events)


def form(cookies: dict[str, str], *files: tuple[str, bytes], language: str = "") -> bytes:
    """The page's form, filled in."""
    token = cookies.get("csrftoken", "").encode()
    fields: list[forms.Part] = [("csrfmiddlewaretoken", None, token), ("language", None, language.encode())]
    return forms.body([*fields, *(("files", name, content) for name, content in files)])
