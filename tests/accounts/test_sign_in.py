"""Signing in and out."""

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.entrance import is_in, sign_in
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("email", ["alice@example.org", "Alice@Example.ORG", " alice@example.org "])
def test_the_right_password_opens_the_history(client: Client, alice: User, email: str) -> None:
    response = sign_in(client, email)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert is_in(client)


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), f" {PASSWORD}"])
def test_a_wrong_password_does_not(client: Client, alice: User, password: str) -> None:
    assert sign_in(client, alice.email, password).status_code == 200
    assert not is_in(client)


def test_a_stranger_learns_nothing_about_accounts(client: Client, alice: User) -> None:
    forms = [sign_in(client, email, "wrong").context["form"] for email in (alice.email, "nobody@example.org")]
    assert forms[0].errors == forms[1].errors != {}


def test_a_closed_account_stays_outside(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    sign_in(client, alice.email)
    assert not is_in(client)


def test_whoever_guesses_is_stopped(client: Client, alice: User) -> None:
    for _ in range(5):
        sign_in(client, alice.email, "wrong")
    sign_in(client, alice.email)
    assert not is_in(client)


@pytest.mark.parametrize(
    ("wish", "way"), [("/t/x/", "/t/x/"), ("https://evil.example/", "/"), ("//evil.example/", "/"), ("", "/")]
)
def test_it_goes_on_to_the_page_that_was_asked_for(client: Client, alice: User, wish: str, way: str) -> None:
    assert sign_in(client, alice.email, query=f"?next={wish}").headers["Location"] == way


def test_the_session_is_a_new_one(client: Client, alice: User) -> None:
    client.cookies["sessionid"] = "chosen-by-somebody-else"
    sign_in(client, alice.email)
    assert client.cookies["sessionid"].value != "chosen-by-somebody-else"
    assert is_in(client)


def test_signing_out_takes_a_post(client: Client, alice: User) -> None:
    sign_in(client, alice.email)
    session = client.cookies["sessionid"].value
    assert client.get("/accounts/logout/").status_code == 200
    assert is_in(client)
    assert client.post("/accounts/logout/").headers["Location"] == "/accounts/login/"
    assert not is_in(client)
    client.cookies["sessionid"] = session
    assert not is_in(client)
