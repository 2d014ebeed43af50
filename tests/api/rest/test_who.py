"""Who may ask: a token as far as its scope goes, a session that shows its page's token; not too often."""

import httpx2
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.web import rows
from tests.web.conftest import signed_in


def test_a_session_reads_and_changes_with_its_csrf_token(rest: httpx2.Client, alice: User) -> None:
    entry = rows.entry(alice)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    address = f"/api/v1/transcriptions/{entry.pk}"
    assert browser.get(address).json()["title"] == "Talk"
    refused = browser.patch(address, {"title": "Other"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    browser.get("/account/")
    given = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    assert browser.patch(address, {"title": "Other"}, content_type="application/json", headers=given).status_code == 200


def test_who_asks_too_often_waits(rest: httpx2.Client, settings: Settings) -> None:
    settings.API_REQUESTS_PER_TOKEN = 2
    answers = [rest.get("/tags") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0
    assert answers[2].json()["code"] == "rate_limit_exceeded"
    assert answers[0].headers["x-ratelimit-remaining-requests"] == "1"


def test_the_documentation_is_served_from_here(client: Client, alice: User) -> None:
    page = signed_in(alice).get("/api/v1/docs").content.decode()
    assert "/api/v1/transcriptions/{entry_id}/events" in page
    assert "https://cdn" not in page
    assert "<script>" not in page
