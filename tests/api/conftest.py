"""The whole site, and programs that speak to it: the real OpenAI client, and any other by httpx2."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from openai import OpenAI

from accounts import tokens
from accounts.models import ApiToken, User
from tests.web import serve


def token_of(user: User, scope: ApiToken.Scope = ApiToken.Scope.WRITE, expires_at: datetime | None = None) -> str:
    return tokens.create(user=user, name="test", now=timezone.now(), scope=scope, expires_at=expires_at)


@pytest.fixture
def token(alice: User) -> str:
    return token_of(alice)


@pytest.fixture
def openai(site: str, token: str) -> Iterator[OpenAI]:
    """As alice's program uses it: with its retries."""
    with OpenAI(base_url=f"{site}/v1", api_key=token, timeout=60) as client:
        yield client


def sent(file: Path, **fields: str) -> dict[str, Any]:
    """What httpx2 sends as a form with a file."""
    return {"data": {"model": "whisper-1", **fields}, "files": {"file": (file.name, file.read_bytes())}}


@pytest.fixture(scope="session")
def _server() -> Iterator[int]:
    with serve.serving() as port:
        yield port


@pytest.fixture
def port(_server: int, transactional_db: None) -> int:
    """Where the application is served without workers: nothing is ever done unless the test does it."""
    return _server


@pytest.fixture
def program(port: int, token: str) -> Iterator[httpx2.Client]:
    """Alice's, at that port."""
    with httpx2.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}, timeout=20
    ) as client:
        yield client
