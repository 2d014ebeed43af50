"""A program of alice's, at a site without workers."""

from collections.abc import Iterator

import httpx2
import pytest

from accounts.models import ApiToken, User
from tests.api.conftest import token_of


@pytest.fixture
def rest(port: int, alice: User) -> Iterator[httpx2.Client]:
    """With everything that she may."""
    token = token_of(alice, ApiToken.Scope.ADMIN)
    with httpx2.Client(
        base_url=f"http://127.0.0.1:{port}/api/v1",
        headers={"Host": "testserver", "Authorization": f"Bearer {token}"},
        timeout=20,
    ) as client:
        yield client
