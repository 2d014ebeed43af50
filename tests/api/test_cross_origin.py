"""Pages of other sites: none may ask, unless the operator names it; then with a token at every address of the API."""

import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from pytest_django import Settings

from accounts.models import User
from tests.api.conftest import sent
from tests.api.test_routes import DOORS
from tests.management.commands import environment
from tests.web.conftest import signed_in

ORIGIN = "app://obsidian.md"
BEFOREHAND = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
ADDRESSES = [*DOORS, "/api/v1/tags", "/api/v1/nothing"]


@pytest.fixture
def _named(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]


def told(answer: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def asked(port: int, method: str, path: str, origin: str = ORIGIN, **headers: str) -> httpx2.Response:
    given = {"Host": "testserver", "Origin": origin, **headers}
    return httpx2.request(method, f"http://127.0.0.1:{port}{path}", headers=given)


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize("path", ADDRESSES)
def test_what_a_browser_asks_beforehand_is_answered_without_a_token(port: int, path: str) -> None:
    answer = asked(port, "OPTIONS", path, **BEFOREHAND)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-allow-headers"] == "authorization, *"
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(answer.headers["access-control-allow-methods"].split(", "))
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_may_be_read_refusals_too(port: int, path: str) -> None:
    for method in ("GET", "POST"):
        answer = asked(port, method, path)
        assert answer.status_code >= 400
        assert told(answer) == {"access-control-allow-origin": ORIGIN, "access-control-expose-headers": "*"}
        assert "origin" in answer.headers["vary"]


@pytest.mark.usefixtures("_named")
def test_a_page_with_a_token_asks_as_any_program(program: httpx2.Client, spoken: Path) -> None:
    program.headers["Origin"] = ORIGIN
    for answer in (program.get("/v1/models"), program.post("/api/v1/transcriptions", **sent(spoken))):
        assert answer.is_success
        assert answer.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize("origin", ["https://obsidian.md", "app://obsidian.md.example.org", "null", ""])
def test_other_origins_may_not(port: int, origin: str) -> None:
    for method, headers in (("OPTIONS", BEFOREHAND), ("GET", {})):
        assert told(asked(port, method, "/v1/models", origin, **headers)) == {}


@pytest.mark.usefixtures("_named")
def test_pages_are_nobody_elses(port: int, alice: User) -> None:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in signed_in(alice).cookies.items())
    for path in ("/", "/accounts/login/", "/asrx", "/v10/models"):
        assert told(asked(port, "GET", path, Cookie=cookies)) == {}


def test_where_nobody_is_named_nothing_is_said(port: int) -> None:
    for method, headers in (("OPTIONS", BEFOREHAND), ("GET", {})):
        for path in ADDRESSES:
            answer = asked(port, method, path, **headers)
            assert told(answer) == {}
            assert "origin" not in answer.headers.get("vary", "")


@pytest.mark.parametrize(
    "origin", ["*", "app.example.org", "https://app.example.org/", "null", "https://A.example.org", "https://a.org:443"]
)
def test_what_is_no_origin_cannot_be_set(origin: str, settings: Settings) -> None:
    given = environment(CORS_ALLOWED_ORIGINS=f"https://example.org,{origin}")
    words = [sys.executable, f"{settings.BASE_DIR}/manage.py", "check"]
    ended = subprocess.run(words, env=given, capture_output=True, text=True, check=False)
    assert "CORS_ALLOWED_ORIGINS are origins such as https://app.example.org" in ended.stderr
    assert f"not '{origin}'." in ended.stderr
