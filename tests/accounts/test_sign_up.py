"""Making an account, where the operator lets people."""

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.entrance import NEW_PASSWORD, is_in, sign_in

pytestmark = pytest.mark.django_db


def sign_up(client: Client, email: str, password: str = NEW_PASSWORD, again: str | None = None) -> int:
    form = {"email": email, "password1": password, "password2": password if again is None else again}
    return client.post("/accounts/signup/", form).status_code


def test_it_makes_an_account_and_opens_the_history(client: Client) -> None:
    assert sign_up(client, "carol@example.org") == 302
    assert is_in(client)
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("carol@example.org", False, False)


def test_a_closed_site_makes_none(client: Client, settings: Settings) -> None:
    settings.SIGNUP_OPEN = False
    page = client.get("/accounts/signup/")
    assert page.status_code == 200
    assert 'name="password1"' not in page.content.decode()
    sign_up(client, "carol@example.org")
    assert not User.objects.exists()
    assert not is_in(client)


def test_nobody_can_make_themselves_staff(client: Client) -> None:
    form = {"email": "carol@example.org", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/accounts/signup/", {**form, "is_staff": "on", "is_superuser": "on"})
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (False, False)


@pytest.mark.parametrize("email", ["alice@example.org", "ALICE@Example.org"])
def test_an_address_makes_one_account(client: Client, alice: User, email: str) -> None:
    sign_up(client, email)
    assert User.objects.get() == alice
    assert not is_in(client)


@pytest.mark.parametrize(
    ("email", "password", "again"),
    [
        ("nobody", NEW_PASSWORD, NEW_PASSWORD),
        ("", NEW_PASSWORD, NEW_PASSWORD),
        ("carol@example.org", "password", "password"),
        ("carol@example.org", "x1-z9", "x1-z9"),
        ("carol@example.org", "carol@example", "carol@example"),
        ("carol@example.org", NEW_PASSWORD, f"{NEW_PASSWORD}!"),
        ("carol@example.org", "", ""),
    ],
    ids=["no address", "nothing", "common", "short", "like the address", "mistyped", "no password"],
)
def test_it_refuses(client: Client, email: str, password: str, again: str) -> None:
    assert sign_up(client, email, password, again) == 200
    assert not User.objects.exists()


def test_where_mail_is_sent_the_address_is_confirmed_first(
    client: Client, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    sign_up(client, "carol@example.org")
    assert not is_in(client)
    (mail,) = mailoutbox
    link = next(word for word in mail.body.split() if "/accounts/confirm-email/" in word)
    assert link.startswith("http://testserver/")
    client.post(link)
    sign_in(client, "carol@example.org", NEW_PASSWORD)
    assert is_in(client)


def test_the_way_to_it_is_shown_where_it_is_open(client: Client, settings: Settings) -> None:
    link = 'href="/accounts/signup/"'
    assert link in client.get("/accounts/login/").content.decode()
    settings.SIGNUP_OPEN = False
    assert link not in client.get("/accounts/login/").content.decode()


def test_what_is_refused_is_said_aloud_and_labels_have_no_colon(client: Client) -> None:
    page = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}).content.decode()
    assert re.search(r'<ul class="errorlist nonfield" role="alert">', page)
    assert re.search(r"<label[^>]*>Password</label>", page)
