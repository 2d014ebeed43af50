"""API tokens: made, recognised by their hash, taken away. They are long and random, so a fast hash is enough."""

import base64
import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.models import ApiToken, User

PREFIX = "ts_"  # tells people, and those who look for leaked secrets, what it is
USED_AGAIN = timedelta(minutes=1)  # its last use is written down no more often


def create(
    *,
    user: User,
    name: str,
    now: datetime,
    scope: ApiToken.Scope = ApiToken.Scope.WRITE,
    expires_at: datetime | None = None,
) -> str:
    """A new token, which nobody can read again."""
    token = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user=user, name=name, scope=scope, digest=_digest(token), created_at=now, expires_at=expires_at
    )
    return token


def of(user: User) -> QuerySet[ApiToken]:
    """A person's, the newest first; expired ones too."""
    return user.api_tokens.order_by("-created_at", "-pk")


def revoke(*, user: User, token_id: int) -> bool:
    """Whether there was one of theirs to take away. Nothing is answered to it from now on."""
    deleted, _ = user.api_tokens.filter(pk=token_id).delete()
    return bool(deleted)


def given(authorization: str) -> str | None:
    """The token in a header Authorization; None where it brings none: what else it says, a proxy's password for one, is
    not for us.

    A Bearer is one. Of a name and a password (Basic), which programs have places for that have none for a token, it is
    the one that looks like a token.
    """
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
    except ValueError:  # neither base64 nor UTF-8
        return None
    return next((each for each in (password, name) if each.startswith(PREFIX)), None)


def bearer(token: str, now: datetime) -> ApiToken | None:
    """The token's row, with its person; None where it is nobody's, has expired, or its person may not sign in."""
    valid = ApiToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), user__is_active=True)
    found = valid.select_related("user").filter(digest=_digest(token)).first()
    if found is None:
        return None
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_AGAIN)
    ApiToken.objects.filter(stale, pk=found.pk).update(last_used_at=now)
    return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
