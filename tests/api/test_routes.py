"""Every address of the site, asked by nobody, by a stranger and with a token that only reads: no one gets what is
alice's, and nothing of hers changes."""

import re
import uuid
from collections.abc import Iterator

import httpx2
import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import ApiToken, User
from tests.api.conftest import token_of
from tests.web import rows
from tests.web.conftest import signed_in
from transcriptions.models import Transcript

SECRET = "The password of the safe is swordfish."
DOORS = [
    "/api/v1/transcriptions",
    "/api/v1/links",
    "/api/v1/uploads/",
    "/v1/audio/transcriptions",
    "/v1/audio/translations",
    "/v1/models",
    "/asr",
    "/detect-language",
]
FOR_EVERYBODY = {"healthz", "readyz", "set_language", "jsi18n", "docs", "openapi-json", "api-root"}
REST = "api/v1/"
STANDS_FOR = {
    "format_name": "txt",
    "kind": "proxy",
    "action": "text",
    **dict.fromkeys(("number", "key", "made_id", "token_id", "session_id", "comment_id", "share_id"), "1"),
}


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each, before + str(each.pattern))
        else:
            yield before + str(each.pattern), each


def addresses(entry_id: uuid.UUID) -> dict[str, str]:
    """Of everything that is the product's own, filled in with alice's; by its name."""
    found = {}
    for pattern, each in patterns(get_resolver()):
        is_rest = pattern.startswith(REST)
        if each.name and (is_rest or each.lookup_str.startswith(("transcriptions.", "transcribe_site."))):
            name = pattern if is_rest and each.name not in FOR_EVERYBODY else each.name
            found[name] = "/" + re.sub(
                r"<(?:\w+:)?(\w+)>", lambda found: STANDS_FOR.get(found[1], str(entry_id)), pattern
            )
    return found


@pytest.mark.parametrize("who", ["nobody", "stranger", "reading token"])
def test_nobody_else_gets_or_changes_anything(port: int, alice: User, bob: User, who: str) -> None:
    entry = rows.entry(alice, SECRET, title="Safe")
    told = addresses(entry.pk)
    known = {"transcript", "events", "media", "download", "delete", "history", "upload", "metrics"}
    assert {*known, f"{REST}transcriptions/<uuidstr:entry_id>"} <= set(told)
    headers, cookies = {}, {}
    if who == "stranger":
        cookies = {name: morsel.value for name, morsel in signed_in(bob).cookies.items()}
    if who == "reading token":
        headers["Authorization"] = f"Bearer {token_of(alice, ApiToken.Scope.READ)}"
    with httpx2.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"Host": "testserver", **headers}, cookies=cookies, timeout=20
    ) as client:
        for name, address in [*told.items(), *((door, door) for door in DOORS)]:
            if name in FOR_EVERYBODY:
                continue
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                if who == "reading token" and method == "GET" and address.startswith(f"/{REST}"):
                    continue  # what it is for
                answer = client.request(method, address)
                asked = f"{method} {address}: {answer.status_code}"
                assert SECRET not in answer.text, asked
                assert answer.status_code < 500, asked
                if str(entry.pk) in address:
                    assert answer.status_code in {302, 401, 403, 404, 405, 422}, asked
                elif who != "stranger" and not (who == "reading token" and name == "/v1/models"):
                    assert answer.status_code in {302, 401, 403, 404, 405, 412}, asked
    entry.refresh_from_db()
    assert entry.cancelled_at is None
    assert entry.transcript.state == Transcript.State.DONE
