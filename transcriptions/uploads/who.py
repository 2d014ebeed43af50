"""Who speaks to the upload doors, which stand in front of Django: a browser by its session, a program by its token."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language_from_request

from accounts import tokens
from accounts.models import ApiToken, User


def person(scope: dict[str, Any]) -> User | None:
    """A token that is given has to be right, and one that may write: the session does not help then."""
    request = ASGIRequest(scope, BytesIO())
    given = tokens.given(request.headers.get("Authorization", ""))
    if given is not None:
        token = tokens.bearer(given, timezone.now())
        return token.user if token and token.allows(ApiToken.Scope.WRITE) else None
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    request.session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    return user if isinstance(user, User) else None


def language(scope: dict[str, Any]) -> str:
    """What sentences are said in."""
    return get_language_from_request(ASGIRequest(scope, BytesIO()))
