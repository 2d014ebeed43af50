"""What the doors of programs pass among themselves: a call, who makes it, what it is answered."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from accounts import tokens
from accounts.models import ApiToken, User
from transcriptions.uploads.body import Body, Receive

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Call:
    """One request; header names are in small letters. `language` is that of sentences."""

    method: str
    path: str
    scope: dict[str, Any]
    receive: Receive
    body: Body
    language: str

    @cached_property
    def headers(self) -> dict[str, str]:
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in self.scope["headers"]}

    @cached_property
    def query(self) -> dict[str, str]:
        """The last of each name."""
        given = parse_qs(self.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        return {name: values[-1] for name, values in given.items()}

    @property
    def address(self) -> str:
        """Of who calls."""
        client = self.scope.get("client")
        return client[0] if client else ""

    @property
    def token(self) -> str:
        """As it came; "" where none did."""
        return tokens.given(self.headers.get("authorization", "")) or ""


@dataclass(frozen=True)
class Caller:
    """headers: of every answer: how much of the limit is left."""

    token: ApiToken
    headers: Mapping[str, str]

    @property
    def user(self) -> User:
        return self.token.user


@dataclass(frozen=True)
class Reply:
    """An answer, sent piece by piece."""

    pieces: AsyncIterator[bytes]
    content_type: str = JSON
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


class ApiError(Exception):
    """What is answered instead. The names are OpenAI's; `message` is for the person. refusal: the code of the house's
    sentence, where it is one."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        refusal: str = "",
        **headers: str,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.kind, self.param, self.code = status, message, kind, param, code
        self.refusal = refusal
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


Say = Callable[[Reply], Awaitable[None]]


def openai_error(error: ApiError) -> dict[str, Any]:
    return {"error": {"message": error.message, "type": error.kind, "param": error.param, "code": error.code}}


async def whole(content: bytes) -> AsyncIterator[bytes]:
    """One piece."""
    yield content


def as_json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
