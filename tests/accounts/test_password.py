"""Changing a password, and getting a new one by mail."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.entrance import NEW_PASSWORD, is_in, sign_in
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


def change(client: Client, old: str, new: str, again: str | None = None) -> None:
    form = {"oldpassword": old, "password1": new, "password2": new if again is None else again}
    client.post("/accounts/password/change/", form)


def works(user: User, password: str) -> bool:
    user.refresh_from_db()
    return user.check_password(password)


def test_it_is_changed_and_other_browsers_are_signed_out(client: Client, alice: User) -> None:
    other = Client()
    for browser in (client, other):
        sign_in(browser, alice.email)
    change(client, PASSWORD, NEW_PASSWORD)
    assert works(alice, NEW_PASSWORD)
    assert is_in(client)
    assert not is_in(other)


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", NEW_PASSWORD, NEW_PASSWORD),
        (PASSWORD, "password", "password"),
        (PASSWORD, NEW_PASSWORD, "mistyped"),
        (PASSWORD, "alice@example.org", "alice@example.org"),
    ],
)
def test_it_is_not_changed(client: Client, alice: User, old: str, new: str, again: str) -> None:
    sign_in(client, alice.email)
    change(client, old, new, again)
    assert works(alice, PASSWORD)


def test_a_stranger_changes_nothing(client: Client, alice: User) -> None:
    change(client, PASSWORD, NEW_PASSWORD)
    assert works(alice, PASSWORD)


def ask(client: Client, email: str) -> str:
    return client.post("/accounts/password/reset/", {"email": email}).headers["Location"]


def link_in(mail: str) -> str:
    return next(word for word in mail.split() if "/accounts/password/reset/key/" in word)


def test_a_forgotten_one_is_set_anew_by_mail_and_once_only(
    client: Client, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    ask(client, "ALICE@example.org")
    (mail,) = mailoutbox
    assert mail.to == ["alice@example.org"]
    link = link_in(str(mail.body))
    assert link.startswith("http://testserver/")
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert works(alice, NEW_PASSWORD)
    again = Client().get(link, follow=True).content.decode()
    assert 'name="password1"' not in again


def test_nobody_learns_who_has_an_account(client: Client, alice: User, mailoutbox: list[EmailMessage]) -> None:
    assert ask(client, alice.email) == ask(client, "nobody@example.org")
    texts = {mail.to[0]: str(mail.body) for mail in mailoutbox}
    assert "/reset/key/" not in texts.get("nobody@example.org", "")


def test_a_made_up_link_opens_nothing(client: Client, alice: User) -> None:
    page = client.get("/accounts/password/reset/key/1-abcdef-0123456789/", follow=True).content.decode()
    assert 'name="password1"' not in page


def test_without_a_mail_server_the_mail_is_a_file(
    client: Client, alice: User, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator finds it in the data folder, wherever the site was started, and passes it on."""
    monkeypatch.chdir(tmp_path)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    ask(client, alice.email)
    (file,) = Path(django_settings.DATA_DIR, "mail").iterdir()
    assert link_in(file.read_text())


@pytest.mark.parametrize("page", ["/accounts/password/reset/", "/accounts/password/reset/done/"])
def test_without_a_mail_server_no_page_says_that_a_mail_comes(client: Client, page: str) -> None:
    said = client.get(page).content.decode()
    assert "This site sends no e-mail" in said
    assert 'name="email"' not in said
    assert "sent" not in said


def test_with_a_mail_server_it_is_asked_for_and_sent(client: Client, settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail.example.org:25"
    assert 'name="email"' in client.get("/accounts/password/reset/").content.decode()
    assert "We have sent you an email." in client.get("/accounts/password/reset/done/").content.decode()
