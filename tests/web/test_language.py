"""The interface's language: the browser's, or the one chosen at the foot of the page."""

import pytest
from django.test import Client

from accounts.models import User
from tests.web import rows
from transcriptions.models import Transcript

pytestmark = pytest.mark.django_db


def test_the_choice_lasts(as_alice: Client) -> None:
    assert '<html lang="en"' in as_alice.get("/").content.decode()
    response = as_alice.post("/i18n/setlang/", {"language": "pt-br"}, headers={"Referer": "http://testserver/"})
    assert response.status_code == 302
    assert '<html lang="pt-br"' in as_alice.get("/").content.decode()
    as_alice.post("/i18n/setlang/", {"language": "en"})
    assert '<html lang="en"' in as_alice.get("/").content.decode()


def test_the_browsers_wish_counts(client: Client) -> None:
    page = client.get("/accounts/login/", headers={"Accept-Language": "pt-BR,pt;q=0.9,en;q=0.5"})
    assert '<html lang="pt-br"' in page.content.decode()
    assert page.headers["Content-Language"] == "pt-br"


def test_a_language_that_is_not_offered_is_english(client: Client) -> None:
    client.post("/i18n/setlang/", {"language": "tlh"})
    page = client.get("/accounts/login/", headers={"Accept-Language": "tlh"}).content.decode()
    assert '<html lang="en"' in page


def test_the_way_back_is_never_another_site(as_alice: Client) -> None:
    response = as_alice.post("/i18n/setlang/", {"language": "pt-br", "next": "https://evil.example/"})
    assert "evil" not in response.headers["Location"]


@pytest.mark.parametrize("state", Transcript.State.values)
def test_every_state_has_its_pages_in_it(alice: User, as_alice: Client, state: str) -> None:
    entry = rows.entry(alice, "Olá.", state=Transcript.State(state), error_code="unreadable" * (state == "failed"))
    for path in ("/", f"/t/{entry.pk}/"):
        assert as_alice.get(path, headers={"Accept-Language": "pt-br"}).status_code == 200
