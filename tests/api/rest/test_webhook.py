"""Where a person wants to be told, by the REST API."""

import httpx2
import pytest

from accounts.models import ApiToken, User
from tests.api.conftest import token_of


def test_the_secret_is_told_once(rest: httpx2.Client) -> None:
    assert rest.get("/webhook").status_code == 404
    made = rest.put("/webhook", json={"url": "https://example.org/told"}).json()
    assert made["secret"].startswith("whsec_")
    assert rest.put("/webhook", json={"url": "https://example.org/other"}).json()["secret"] is None
    assert rest.get("/webhook").json()["url"] == "https://example.org/other"
    assert rest.delete("/webhook").status_code == 204


@pytest.mark.parametrize("scope", [ApiToken.Scope.READ, ApiToken.Scope.WRITE])
def test_it_takes_a_token_that_may_everything(rest: httpx2.Client, alice: User, scope: ApiToken.Scope) -> None:
    headers = {"Authorization": f"Bearer {token_of(alice, scope)}"}
    answer = rest.put("/webhook", json={"url": "https://example.org/told"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
