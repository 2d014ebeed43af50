"""`manage.py create_user`: an account from a script."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db

STRONG = "budget for next year"


def create(monkeypatch: pytest.MonkeyPatch, email: str, typed: str, **options: bool) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    said = io.StringIO()
    call_command("create_user", email, password_stdin=True, stdout=said, **options)
    return said.getvalue()


@pytest.mark.parametrize("typed", [STRONG, f"{STRONG}\n", f"{STRONG}\r\n", f"{STRONG}\nmore lines\n"])
def test_the_password_is_the_first_line(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    assert create(monkeypatch, "carol@example.org", typed) == "Account carol@example.org made.\n"
    user = User.objects.get()
    assert user.check_password(STRONG)
    assert (user.is_staff, user.is_superuser) == (False, False)


@pytest.mark.parametrize("password", [" spaces around count ", "päßwörter zählen auch", "密码也可以很长很长"])
def test_a_password_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    create(monkeypatch, "carol@example.org", f"{password}\n")
    assert User.objects.get().check_password(password)


def test_staff_may_use_the_admin(monkeypatch: pytest.MonkeyPatch) -> None:
    create(monkeypatch, "carol@example.org", STRONG, staff=True)
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (True, True)


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("carol@example.org", "password", "too common"),
        ("carol@example.org", "x1-z9", "too short"),
        ("carol@example.org", "", "too short"),
        ("carol@example.org", "carol@example.org", "too similar"),
        ("carol", STRONG, "valid email address"),
        ("", STRONG, "valid email address"),
        ("carol@example.org\n", STRONG, "valid email address"),
    ],
)
def test_it_refuses_in_a_sentence(monkeypatch: pytest.MonkeyPatch, email: str, password: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        create(monkeypatch, email, password)
    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["alice@example.org", "ALICE@example.org"])
def test_an_address_makes_one_account(monkeypatch: pytest.MonkeyPatch, alice: User, email: str) -> None:
    with pytest.raises(CommandError, match=f"There is an account with the address {email} already."):
        create(monkeypatch, email, STRONG)
    assert User.objects.get() == alice


def test_the_password_never_stands_in_the_command_line() -> None:
    with pytest.raises(CommandError, match="--password-stdin"):
        call_command("create_user", "carol@example.org")
