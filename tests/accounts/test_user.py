"""Accounts: one an e-mail address, however it is written."""

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import User
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


def test_an_account_is_known_by_its_address() -> None:
    user = User.objects.create_user(email="Carol@EXAMPLE.org", password=PASSWORD)
    assert (user.email, str(user)) == ("Carol@example.org", "Carol@example.org")
    assert user.check_password(PASSWORD)
    assert PASSWORD not in user.password
    assert (user.is_active, user.is_staff, user.is_superuser) == (True, False, False)
    assert User.objects.get_by_natural_key("cAROL@example.ORG") == user


@pytest.mark.parametrize("email", ["alice@example.org", "ALICE@example.org", "Alice@EXAMPLE.ORG"])
def test_the_same_address_is_taken_however_it_is_written(alice: User, email: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(email=email, password=PASSWORD)
    assert User.objects.get() == alice


def test_an_account_needs_an_address() -> None:
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user(email="", password=PASSWORD)


def test_without_a_password_nobody_gets_in() -> None:
    user = User.objects.create_user(email="carol@example.org", password=None)
    assert not user.has_usable_password()
    assert authenticate(email="carol@example.org", password="") is None


def test_a_superuser_may_do_everything() -> None:
    user = User.objects.create_superuser(email="root@example.org", password=PASSWORD)
    assert (user.is_staff, user.is_superuser) == (True, True)
    assert user.has_perm("transcriptions.delete_workerprocess")


def test_djangos_own_command_makes_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", email="root@example.org", interactive=False, verbosity=0)
    assert User.objects.get().check_password(PASSWORD)
