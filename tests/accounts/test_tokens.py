"""API tokens: shown once, known by their hash, refused when they or their people are past their time."""

import base64
import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import tokens
from accounts.models import ApiToken, User
from transcriptions.uploads import who

pytestmark = pytest.mark.django_db


def test_it_is_known_by_its_hash_alone(alice: User) -> None:
    token = tokens.create(user=alice, name="script", now=timezone.now())
    row = ApiToken.objects.get()
    assert token.startswith("ts_")
    assert token not in {str(value) for value in vars(row).values()}
    assert tokens.bearer(token, timezone.now()) == row
    assert tokens.bearer(token + "x", timezone.now()) is None
    assert tokens.bearer("", timezone.now()) is None


def test_its_last_use_is_written_down_now_and_then(alice: User) -> None:
    now = timezone.now()
    token = tokens.create(user=alice, name="script", now=now)
    for later in (0, 30, 90):
        tokens.bearer(token, now + timedelta(seconds=later))
    assert ApiToken.objects.get().last_used_at == now + timedelta(seconds=90)


def test_an_expired_one_and_one_of_a_closed_account_are_nobodys(alice: User) -> None:
    now = timezone.now()
    token = tokens.create(user=alice, name="script", now=now, expires_at=now + timedelta(days=1))
    assert tokens.bearer(token, now + timedelta(days=2)) is None
    User.objects.update(is_active=False)
    assert tokens.bearer(token, now) is None


def test_the_command_prints_it(alice: User) -> None:
    said = io.StringIO()
    call_command("create_token", "Alice@example.org", name="backup", days=30, stdout=said)
    row = ApiToken.objects.get()
    assert tokens.bearer(said.getvalue().strip(), timezone.now()) == row
    assert row.user == alice
    assert row.name == "backup"
    assert row.expires_at == row.created_at + timedelta(days=30)


@pytest.mark.parametrize(("email", "days"), [("nobody@example.org", None), ("alice@example.org", 0)])
def test_the_command_says_what_is_wrong(alice: User, email: str, days: int | None) -> None:
    with pytest.raises(CommandError):
        call_command("create_token", email, days=days)
    assert not ApiToken.objects.exists()


def test_each_scope_contains_those_before_it(alice: User) -> None:
    allowed = {}
    for scope in ApiToken.Scope:
        given = tokens.create(user=alice, name=scope, now=timezone.now(), scope=scope)
        token = tokens.bearer(given, timezone.now())
        assert token is not None
        allowed[scope.value] = [other.value for other in ApiToken.Scope if token.allows(other)]
    assert allowed == {"read": ["read"], "write": ["read", "write"], "admin": ["read", "write", "admin"]}


def test_people_take_away_their_own_and_nobody_elses(alice: User, bob: User) -> None:
    now = timezone.now()
    given = tokens.create(user=alice, name="script", now=now)
    row = tokens.of(alice).get()
    assert not tokens.revoke(user=bob, token_id=row.pk)
    assert tokens.bearer(given, now) == row
    assert tokens.revoke(user=alice, token_id=row.pk)
    assert tokens.bearer(given, now) is None


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        ("Bearer ts_a", "ts_a"),
        ("bearer  ts_a ", "ts_a"),
        ("Bearer another", "another"),
        ("Bearer", ""),
        ("Basic speakr:ts_a", "ts_a"),
        ("basic ts_a:", "ts_a"),
        ("Basic ts_a:x", "ts_a"),
        ("Basic alice:the password of a proxy", None),
        ("Basic é", None),
        ("Digest ts_a", None),
        ("", None),
    ],
)
def test_a_header_brings_it_or_something_that_is_not_for_us(authorization: str, expected: str | None) -> None:
    scheme, _, rest = authorization.partition(" ")
    if ":" in rest:
        authorization = f"{scheme} {base64.b64encode(rest.encode()).decode()}"
    assert tokens.given(authorization) == expected


def test_one_that_may_only_read_brings_nothing_to_the_upload_door(alice: User) -> None:
    for scope, expected in ((ApiToken.Scope.READ, None), (ApiToken.Scope.WRITE, alice)):
        given = tokens.create(user=alice, name="script", now=timezone.now(), scope=scope)
        headers = [(b"authorization", f"Bearer {given}".encode())]
        assert who.person({"type": "http", "method": "POST", "path": "/", "headers": headers}) == expected
