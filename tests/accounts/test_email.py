"""Another address: after a look at the password, and once it is confirmed."""

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.accounts.entrance import is_in, sign_in
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

PAGE, NEW = "/accounts/email/", "alice@example.net"


@pytest.fixture
def asked(alice: User, client: Client) -> Client:
    """She has asked for another address, and given her password."""
    sign_in(client, alice.email)
    answer = client.post(PAGE, {"action_add": "", "email": NEW})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    client.post(answer.headers["Location"], {"password": PASSWORD})
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
