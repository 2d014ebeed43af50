"""All that the site knows of a person apart from their recordings, as values for JSON."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from accounts import sessions, tokens
from accounts.models import User


def about(user: User) -> dict[str, Any]:
    """Nothing in it lets anybody in: neither passwords nor tokens, nor the secret of the second factor."""
    addresses = EmailAddress.objects.filter(user=user).order_by("pk")
    factors = Authenticator.objects.filter(user=user).order_by("pk")
    return {
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "joined_at": user.date_joined,
        "last_login_at": user.last_login,
        "keep_media": user.keep_media,
        "keep_media_days": user.keep_media_days,
        "defaults": user.defaults,
        "email_addresses": list(addresses.values("email", "verified", "primary")),
        "second_factors": list(factors.values("type", "created_at", "last_used_at")),
        "api_tokens": list(tokens.of(user).values("name", "scope", "created_at", "expires_at", "last_used_at")),
        "sessions": [
            {
                "user_agent": row.user_agent,
                "ip": row.ip,
                "created_at": row.created_at,
                "last_seen_at": row.last_seen_at,
            }
            for row in sessions.of(user)
        ],
    }
