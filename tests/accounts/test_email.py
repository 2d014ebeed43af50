"""Another address: after a look at the password, and once it is confirmed."""

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.entrance import NEW_PASSWORD, is_in, sign_in
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

PAGE, NEW = "/accounts/email/", "alice@example.net"


def ask(client: Client) -> None:
    answer = client.post(PAGE, {"action_add": "", "email": NEW})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    client.post(answer.headers["Location"], {"password": PASSWORD})


@pytest.fixture
def asked(alice: User, client: Client) -> Client:
    """She has asked for another address, and given her password."""
    sign_in(client, alice.email)
    ask(client)
    return client


def test_it_counts_once_it_is_confirmed(alice: User, asked: Client, mailoutbox: list[EmailMessage]) -> None:
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"
    page = asked.get(PAGE).content.decode()
    assert NEW in page
    assert "not confirmed yet" in page
    (mail,) = [mail for mail in mailoutbox if mail.to == [NEW]]
    asked.post(next(word for word in mail.body.split() if "/accounts/confirm-email/" in word))
    alice.refresh_from_db()
    assert alice.email == NEW
    elsewhere = Client()
    sign_in(elsewhere, NEW)
    assert is_in(elsewhere)


def test_the_old_one_can_be_kept(alice: User, asked: Client) -> None:
    asked.post(PAGE, {"action_remove": "", "email": NEW}, follow=True)
    assert NEW not in asked.get(PAGE).content.decode()
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"


def test_somebody_elses_stays_theirs(alice: User, bob: User, client: Client) -> None:
    sign_in(client, alice.email)
    answer = client.post(PAGE, {"action_add": "", "email": bob.email})
    client.post(answer.headers["Location"], {"password": PASSWORD})
    assert set(User.objects.values_list("email", flat=True)) == {"alice@example.org", "bob@example.org"}
    assert not EmailAddress.objects.filter(user=alice, email=bob.email, verified=True).exists()


def test_without_a_mail_server_nothing_says_that_a_mail_was_sent(alice: User, asked: Client) -> None:
    page = asked.get(PAGE).content.decode()
    assert f"{NEW} is noted" in page
    assert "ask whoever runs it for the link" in page
    assert "action_send" not in page
    assert "was sent" not in page


def test_with_a_mail_server_it_says_so(alice: User, client: Client, settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail.example.org:25"
    sign_in(client, alice.email)
    ask(client)
    page = client.get(PAGE).content.decode()
    assert f"Confirmation email sent to {NEW}" in page
    assert "Open the link in the mail that was sent to it" in page
    assert "action_send" in page


@pytest.fixture
def carols(client: Client) -> Client:
    """She signed up where no mail is sent: nobody ever confirmed her address."""
    form = {"email": "carol@example.org", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/accounts/signup/", form)
    client.post("/accounts/reauthenticate/", {"password": NEW_PASSWORD})
    return client


def test_an_address_that_nobody_confirmed_is_shown_like_any_other(carols: Client) -> None:
    page = carols.get(PAGE).content.decode()
    assert "carol@example.org" in page
    assert "not confirmed" not in page


def test_who_signed_up_without_a_mail_server_keeps_the_address_until_the_new_one_counts(
    carols: Client, mailoutbox: list[EmailMessage]
) -> None:
    for wanted in ("one@example.org", "two@example.org"):
        carols.post(PAGE, {"action_add": "", "email": wanted})
        assert User.objects.get().email == "carol@example.org"
    carols.get(PAGE)  # with what was said of both
    page = carols.get(PAGE).content.decode()
    assert "two@example.org" in page
    assert "one@example.org" not in page
    elsewhere = Client()
    sign_in(elsewhere, "carol@example.org", NEW_PASSWORD)
    assert is_in(elsewhere)
    mail = mailoutbox[-1]
    assert mail.to == ["two@example.org"]
    carols.post(next(word for word in str(mail.body).split() if "/accounts/confirm-email/" in word))
    assert User.objects.get().email == "two@example.org"
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["two@example.org"]


def test_who_signed_up_without_a_mail_server_can_keep_the_address(carols: Client) -> None:
    carols.post(PAGE, {"action_add": "", "email": NEW})
    carols.post(PAGE, {"action_remove": "", "email": NEW})
    carols.get(PAGE)  # with what was said of it
    assert NEW not in carols.get(PAGE).content.decode()
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["carol@example.org"]
