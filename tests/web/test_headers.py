"""What every answer carries for the browser's sake."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests.people import PASSWORD
from tests.web import rows
from transcriptions.models import Transcript

pytestmark = pytest.mark.django_db

OPEN = (
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/healthz",
    "/metrics",
    "/nowhere",
    "/admin/",
)
OWN = (
    "/",
    "/accounts/password/change/",
    "/accounts/email/",
    "/accounts/2fa/",
    "/accounts/logout/",
    "/upload/",
    "/forecast/",
    "/admin/",
)


def policy(response_header: str) -> dict[str, list[str]]:
    directives = (directive.split() for directive in response_header.split(";"))
    return {name: sources for name, *sources in directives}


def assert_guarded(client: Client, path: str, styles: int = 1) -> None:
    headers = client.get(path).headers
    assert headers["X-Frame-Options"] == "DENY", path
    assert headers["X-Content-Type-Options"] == "nosniff", path
    assert headers["Referrer-Policy"] == "same-origin", path
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
    allowed = policy(headers["Content-Security-Policy"])
    assert allowed["default-src"] == ["'none'"], path
    assert allowed["script-src"] == allowed["style-src"][:1] == ["'self'"], path
    assert len(allowed["style-src"]) == styles, path
    assert allowed["media-src"] == ["blob:", "'self'"], path
    assert allowed["frame-ancestors"] == allowed["base-uri"] == ["'none'"], path
    assert "unsafe" not in headers["Content-Security-Policy"], path


@pytest.mark.parametrize("path", OPEN)
def test_a_page_for_everybody_is_guarded(client: Client, path: str) -> None:
    assert_guarded(client, path)


@pytest.mark.parametrize("path", OWN)
def test_a_persons_page_is_guarded(alice: User, as_alice: Client, path: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    assert_guarded(as_alice, path)


def test_a_transcript_is_guarded(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Hi.", state=Transcript.State.RECOGNISING)
    assert_guarded(as_alice, reverse("transcript", args=[entry.pk]), styles=2)


def test_the_waveforms_style_is_let_in_by_a_number_used_once(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Hi.")
    given = set()
    for _ in range(2):
        page = as_alice.get(reverse("transcript", args=[entry.pk]))
        (nonce,) = re.findall(r'data-nonce="([^"]{20,})"', page.content.decode())
        styles = policy(page.headers["Content-Security-Policy"])["style-src"]
        assert styles == ["'self'", f"'nonce-{nonce}'"]
        given.add(nonce)
    assert len(given) == 2


def test_no_page_of_ours_needs_what_the_policy_forbids(alice: User, as_alice: Client, client: Client) -> None:
    entry = rows.entry(alice, "Hi.", state=Transcript.State.RECOGNISING)
    pages = [client.get(path).content.decode() for path in OPEN[:3]]
    pages += [as_alice.get(path, follow=True).content.decode() for path in (*OWN[:4], f"/t/{entry.pk}/")]
    for page in pages:
        assert not re.search(r"<script(?![^>]*(\bsrc=|type=.application/json))", page)  # which is data: nobody runs it
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
        assert "http://" not in page.replace("http://www.w3.org/", "").replace("http://testserver", "")


def test_cookies_are_not_for_scripts_or_other_sites(client: Client, alice: User) -> None:
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD}, follow=True)
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


def test_a_page_for_another_host_is_refused(client: Client, settings: Settings) -> None:
    assert client.get("/accounts/login/", headers={"Host": "evil.example"}).status_code == 400
