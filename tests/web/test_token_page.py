"""The page of API tokens: one is made after a look at the password, shown once, revoked by its person alone."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import ApiToken, User
from tests.accounts.entrance import sign_in
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

PAGE = "/account/tokens/"
WANTED = {"name": "Bazarr", "scope": "read", "days": "30"}


@pytest.fixture
def alices(alice: User, client: Client) -> Client:
    """Signed in as a person does it."""
    sign_in(client, alice.email)
    return client


def make(client: Client, **wanted: str) -> str:
    """What the page says, once the password is given."""
    asked = client.post(PAGE, {**WANTED, **wanted})
    if asked.status_code == 302:
        asked = client.post(asked.headers["Location"], {"password": PASSWORD})
    return str(asked.content.decode())


def test_it_takes_the_password_and_is_shown_once(alice: User, alices: Client) -> None:
    asked = alices.post(PAGE, WANTED)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiToken.objects.exists()
    alices.post(asked.headers["Location"], {"password": "wrong"})
    assert not ApiToken.objects.exists()
    shown = alices.post(asked.headers["Location"], {"password": PASSWORD})
    (token,) = re.findall(r'value="(ts_[^"]+)"', shown.content.decode())
    assert re.search(r'aria-current="page"[^>]*>\s*Access tokens', shown.content.decode())
    assert "no-store" in shown.headers["Cache-Control"]
    row = tokens.bearer(token, timezone.now())
    assert row
    assert (row.user, row.name, row.scope) == (alice, "Bazarr", "read")
    assert row.expires_at
    assert abs(row.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    again = alices.get(PAGE).content.decode()
    assert token not in again
    assert "Bazarr" in again


def test_a_new_one_can_be_copied(alices: Client) -> None:
    page = make(alices)
    assert 'data-copies="made"' in page
    assert "js/copy.js" in page


def test_it_can_be_valid_until_it_is_revoked(alices: Client) -> None:
    make(alices, days="")
    assert ApiToken.objects.get().expires_at is None


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scope": "root"}, {"days": "9999"}])
def test_what_is_not_offered_is_refused(alices: Client, wrong: dict[str, str]) -> None:
    assert "errorlist" in make(alices, **wrong)
    assert not ApiToken.objects.exists()


def test_revoking_ends_it(alice: User, alices: Client) -> None:
    token = tokens.create(user=alice, name="old", now=timezone.now())
    alices.post(f"{PAGE}{ApiToken.objects.get().pk}/revoke")
    assert tokens.bearer(token, timezone.now()) is None


def test_a_strangers_token_does_not_exist(bob: User, alices: Client) -> None:
    tokens.create(user=bob, name="bob's own", now=timezone.now())
    assert alices.post(f"{PAGE}{ApiToken.objects.get().pk}/revoke").status_code == 404
    assert ApiToken.objects.exists()
    assert "bob" not in alices.get(PAGE).content.decode()


def test_an_expired_one_says_so(alice: User, alices: Client) -> None:
    now = timezone.now()
    tokens.create(user=alice, name="old", now=now, expires_at=now - timedelta(days=1))
    assert "expired on" in alices.get(PAGE).content.decode()
