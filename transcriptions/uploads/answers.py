"""What the upload doors answer: the status of each refusal, and a refusal as a problem (RFC 9457)."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

PROBLEM = "application/problem+json"
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

STATUSES = {
    "signed_out": HTTPStatus.UNAUTHORIZED,
    "not_a_form": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "quota_bytes": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "quota_hours": HTTPStatus.FORBIDDEN,
    "too_many_uploads": HTTPStatus.TOO_MANY_REQUESTS,
    "no_space": HTTPStatus.INSUFFICIENT_STORAGE,
    "storage_away": HTTPStatus.SERVICE_UNAVAILABLE,
}  # of codes of sentences; the others are UNPROCESSABLE_ENTITY


@dataclass(frozen=True)
class Answer:
    """A response without a stream."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    async def send(self, send: Send, **more: str) -> None:
        headers = {**self.headers, **more}
        if self.status != HTTPStatus.NO_CONTENT:
            headers["content-length"] = str(len(self.body))
        encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": int(self.status), "headers": encoded})
        await send({"type": "http.response.body", "body": self.body})


def details(status: int, code: str, detail: str) -> dict[str, Any]:
    """A problem's members. detail: a sentence for the person."""
    return {"type": "about:blank", "title": code, "status": int(status), "code": code, "detail": detail}


def problem(status: int, code: str, detail: str) -> Answer:
    return Answer(status, {"content-type": PROBLEM}, json.dumps(details(status, code, detail)).encode())


def refusal(code: str, detail: str) -> Answer:
    return problem(STATUSES.get(code, HTTPStatus.UNPROCESSABLE_ENTITY), code, detail)
