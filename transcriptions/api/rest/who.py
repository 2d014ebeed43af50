"""Who asks: a program by its token, as far as its scope goes, or somebody who is signed in in this browser."""

from http import HTTPStatus
from typing import Any, cast

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.security.session import SessionAuth

from accounts import tokens
from accounts.models import ApiToken, User
from transcriptions.api import limits

Scope = ApiToken.Scope
HEADERS = "api_headers"  # of the request: what its answer says of the limit


class Token(HttpBearer):
    """Taken and counted as at the other doors of programs."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def __call__(self, request: HttpRequest) -> User | None:
        given = tokens.given(request.headers.get("Authorization", ""))
        return None if given is None else self.authenticate(request, given)

    def authenticate(self, request: HttpRequest, token: str) -> User:
        caller = limits.admit(request.META.get("REMOTE_ADDR", ""), token, self._scope)
        setattr(request, HEADERS, caller.headers)
        return caller.user


class Session(SessionAuth):
    """What changes something needs the token against forged requests, too. Asked when there is no API token."""

    def __call__(self, request: HttpRequest) -> Any:
        limits.count_address(request.META.get("REMOTE_ADDR", ""))
        if not request.user.is_authenticated:
            return None
        setattr(request, HEADERS, limits.count_person(request.user))
        return super().__call__(request)


READ, WRITE, ADMIN = ([Token(scope), Session()] for scope in (Scope.READ, Scope.WRITE, Scope.ADMIN))
STATUSES = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)


def person(request: HttpRequest) -> User:
    """Of a request that has been let in."""
    return cast(User, request.auth)  # type: ignore[attr-defined]  # ninja's
