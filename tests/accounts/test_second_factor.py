"""A code from an app besides the password: for the site and for the admin."""

import re
import time
from dataclasses import dataclass

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client

from accounts.models import User
from tests.accounts.entrance import NEW_PASSWORD, is_in, sign_in
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

ACTIVATE = "/accounts/2fa/totp/activate/"
CHALLENGE = "/accounts/2fa/authenticate/"


@dataclass
class App:
    """The app on the telephone; its clock is the one the codes are checked by."""

    now: float
    secret: str = ""

    def code(self) -> str:
        return str(auth.format_hotp_value(auth.hotp_value(self.secret, int(self.now) // 30)))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    made = App(time.time())
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter([int(made.now) // 30]))
    return made


def scan(client: Client, app: App, password: str = PASSWORD) -> str:
    """Type the password again and show the page with the picture to the app."""
    client.post("/accounts/reauthenticate/", {"password": password})
    page = client.get(ACTIVATE).content.decode()
    app.secret = str(client.session["mfa.totp.secret"])
    assert app.secret in page
    return page


@pytest.fixture
def enrolled(client: Client, alice: User, app: App) -> User:
    sign_in(client, alice.email)
    scan(client, app)
    client.post(ACTIVATE, {"code": app.code()})
    client.post("/accounts/logout/")
    app.now += 30  # a code counts once
    return alice


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_page_shows_a_picture_to_scan(client: Client, alice: User, app: App) -> None:
    sign_in(client, alice.email)
    assert re.search(r'<img[^>]+src="data:image/svg\+xml;base64,', scan(client, app))


def test_a_wrong_first_code_changes_nothing(client: Client, alice: User, app: App) -> None:
    sign_in(client, alice.email)
    scan(client, app)
    client.post(ACTIVATE, {"code": wrong(app.code())})
    assert not Authenticator.objects.exists()


def test_the_password_is_asked_for_again(client: Client, alice: User) -> None:
    sign_in(client, alice.email)
    assert client.get(ACTIVATE).headers["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert client.get(ACTIVATE).status_code == 302


def test_who_signed_up_can_enrol(client: Client, app: App) -> None:
    """Without a mail server nobody's address is ever confirmed."""
    form = {"email": "carol@example.org", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/accounts/signup/", form)
    assert scan(client, app, NEW_PASSWORD)


def test_the_password_alone_is_not_enough(client: Client, enrolled: User, app: App) -> None:
    assert sign_in(client, enrolled.email).headers["Location"].startswith(CHALLENGE)
    assert not is_in(client)
    client.post(CHALLENGE, {"code": wrong(app.code())})
    assert not is_in(client)
    client.post(CHALLENGE, {"code": app.code()})
    assert is_in(client)


def test_going_on_stands_out_and_going_back_does_not(client: Client, enrolled: User) -> None:
    sign_in(client, enrolled.email)
    page = client.get(CHALLENGE).content.decode()
    (going_on,) = re.findall(r"<button([^>]*)>\s*Sign In", page)
    (going_back,) = re.findall(r"<button([^>]*)>\s*Cancel", page)
    assert "quiet" not in going_on
    assert 'class="quiet"' in going_back


def test_a_code_counts_once(client: Client, enrolled: User, app: App) -> None:
    for expected in (True, False):
        sign_in(client, enrolled.email)
        client.post(CHALLENGE, {"code": app.code()})
        assert is_in(client) == expected
        client.post("/accounts/logout/")


def test_the_code_without_the_password_opens_nothing(client: Client, enrolled: User, app: App) -> None:
    client.post(CHALLENGE, {"code": app.code()})
    assert not is_in(client)


def test_whoever_guesses_codes_is_stopped(client: Client, enrolled: User, app: App) -> None:
    sign_in(client, enrolled.email)
    for _ in range(10):
        client.post(CHALLENGE, {"code": wrong(app.code())})
    client.post(CHALLENGE, {"code": app.code()})
    assert not is_in(client)


def test_a_recovery_code_opens_once(client: Client, enrolled: User) -> None:
    kept = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    for expected in (True, False):
        sign_in(client, enrolled.email)
        client.post(CHALLENGE, {"code": kept[0]})
        assert is_in(client) == expected
        client.post("/accounts/logout/")


def test_recovery_codes_stand_in_a_list(client: Client, enrolled: User, app: App) -> None:
    kept = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    sign_in(client, enrolled.email)
    client.post(CHALLENGE, {"code": app.code()})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert re.findall(r"<li>\s*<code>(\w+)</code>", page) == kept
    assert "10 of 10 are left" in page


def test_the_admin_asks_for_it_too(client: Client, enrolled: User, app: App) -> None:
    User.objects.filter(pk=enrolled.pk).update(is_staff=True, is_superuser=True)
    sign_in(client, enrolled.email, query="?next=/admin/")
    assert client.get("/admin/").status_code == 302
    assert client.post(CHALLENGE, {"code": app.code()}).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
