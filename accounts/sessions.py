"""The browsers that somebody is signed in with. allauth writes a row for each when they sign in."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from accounts.models import User

SEEN_AGAIN = timedelta(minutes=5)  # a last use is written down no more often


def of(user: User) -> list[UserSession]:
    """Those that still count, the one used last first."""
    rows: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(rows, key=lambda row: row.last_seen_at, reverse=True)


def begin(request: HttpRequest) -> None:
    """For a session that has no row: it began in another way than through the sign-in page."""
    UserSession.objects.create_from_request(request)


def note(session_key: str | None, now: datetime) -> None:
    """That this browser is in use: one look by its unique key, and a write only after a while."""
    UserSession.objects.filter(session_key=session_key, last_seen_at__lt=now - SEEN_AGAIN).update(last_seen_at=now)


def end(*, user: User, session_id: int) -> bool:
    """Whether there was one of theirs to end. Its browser is signed out with its next request."""
    row = UserSession.objects.filter(user=user, pk=session_id).first()
    if row is None:
        return False
    row.end()
    return True


def end_all(*, user: User, but: str | None = None) -> int:
    """How many there were, without that of the key `but`."""
    rows = list(UserSession.objects.filter(user=user).exclude(session_key=but))
    for row in rows:
        row.end()
    return len(rows)
