"""The browsers a person is signed in with: listed with their last use, signed out one by one or all together."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.accounts.entrance import NEW_PASSWORD, is_in, sign_in
from tests.people import PASSWORD
from transcriptions.web import browsers

pytestmark = pytest.mark.django_db

PAGE = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML) Chrome/140.0 Safari/537.36 Edg/140.0"
CHROME = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML) Chrome/140.0 Mobile Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML) Version/18.0 Safari/604.1"


def browser(user: User, name: str) -> Client:
    client = Client(headers={"User-Agent": name})
    sign_in(client, user.email)
    return client


@pytest.fixture
def here(alice: User) -> Client:
    return browser(alice, FIREFOX)


@pytest.fixture
def phone(alice: User, here: Client) -> Client:
    return browser(alice, SAFARI)


def row_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_they_are_listed(here: Client, phone: Client, bob: User) -> None:
    browser(bob, "Bob's own")
    page = here.get(PAGE).content.decode()
    assert "Firefox, Linux" in page
    assert "Safari, iPhone" in page
    assert page.count("this browser") == 1
    assert "Bob" not in page


def test_one_is_signed_out(here: Client, phone: Client) -> None:
    here.post(f"{PAGE}{row_of(phone).pk}/end")
    assert not is_in(phone)
    assert is_in(here)
    assert Session.objects.count() == 1


def test_all_others_are_signed_out(here: Client, phone: Client, bob: User) -> None:
    bobs = browser(bob, FIREFOX)
    here.post(f"{PAGE}end")
    assert not is_in(phone)
    assert is_in(here)
    assert is_in(bobs)


def test_a_strangers_browser_does_not_exist(here: Client, bob: User) -> None:
    bobs = browser(bob, FIREFOX)
    assert here.post(f"{PAGE}{row_of(bobs).pk}/end").status_code == 404
    assert is_in(bobs)


def test_a_new_password_ends_the_others_and_they_leave_the_list(here: Client, phone: Client) -> None:
    new = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    here.post("/accounts/password/change/", new)
    assert not is_in(phone)
    assert "Safari" not in here.get(PAGE).content.decode()


def test_the_last_use_is_written_down_now_and_then(here: Client) -> None:
    here.get("/account/")
    seen = row_of(here).last_seen_at
    here.get("/account/")
    assert row_of(here).last_seen_at == seen
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(minutes=6))
    here.get("/account/")
    assert timezone.now() - row_of(here).last_seen_at < timedelta(minutes=1)


def test_a_session_that_began_in_another_way_is_listed(as_alice: Client) -> None:
    assert "this browser" in as_alice.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 16) AppleWebKit (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        ("curl/8.0", "curl/8.0"),
        ("", "a browser without a name"),
    ],
)
def test_a_browser_has_the_name_its_person_knows(said: str, name: str) -> None:
    assert browsers.named(said) == name
