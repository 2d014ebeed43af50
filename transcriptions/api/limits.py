"""Who calls, and whether they call too often: counted for each token and each address, by the minute, in Redis.

Without Redis nobody is counted and everybody is let in.
"""

import logging
import time
from collections.abc import Mapping
from http import HTTPStatus

from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts import tokens
from accounts.models import ApiToken, User
from transcriptions import configuration
from transcriptions.api.values import ApiError, Caller
from transcriptions.configuration import current

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 60


def admit(address: str, given: str, scope: ApiToken.Scope) -> Caller:
    """address: of who calls; given: the token as it came; scope: what it has to allow. Raises ApiError."""
    count_address(address)
    if not given:
        raise ApiError(
            HTTPStatus.UNAUTHORIZED,
            _("No API token was given. Send one in the header Authorization: Bearer TOKEN."),
            www_authenticate="Bearer",
        )
    token = tokens.bearer(given, timezone.now())
    if token is None:
        raise ApiError(
            HTTPStatus.UNAUTHORIZED,
            _("The API token is wrong, has expired or was taken away. Make another one."),
            code="invalid_api_key",
            www_authenticate="Bearer",
        )
    headers = _count(f"token {token.pk}", current.API_REQUESTS_PER_TOKEN)
    if not token.allows(scope):
        message = _("The API token does not allow this: it has the scope %(has)s, and this takes %(takes)s.")
        told = message % {"has": token.scope, "takes": scope.value}
        raise ApiError(HTTPStatus.FORBIDDEN, told, code="missing_scope")
    return Caller(token, headers)


def count_address(address: str) -> None:
    """Raises ApiError."""
    _count(f"address {address}", current.API_REQUESTS_PER_ADDRESS)


def count_person(user: User) -> Mapping[str, str]:
    """Of somebody who is signed in, as of a token: the headers that say how much is left. Raises ApiError."""
    return _count(f"person {user.pk}", current.API_REQUESTS_PER_TOKEN)


def _count(what: str, limit: int) -> dict[str, str]:
    """The headers that say how much is left. Raises ApiError."""
    if not limit:
        return {}
    now = time.time()
    window, left_seconds = int(now // WINDOW_SECONDS), int(WINDOW_SECONDS - now % WINDOW_SECONDS) + 1
    try:
        with configuration.redis().pipeline() as pipeline:
            key = f"api {what} {window}"
            pipeline.incr(key)
            pipeline.expire(key, 2 * WINDOW_SECONDS)
            count, _expires = pipeline.execute()
    except RedisError as error:
        logger.warning("A request could not be counted (%s); it is let in.", error)
        return {}
    headers = {
        "x-ratelimit-limit-requests": str(limit),
        "x-ratelimit-remaining-requests": str(max(limit - count, 0)),
        "x-ratelimit-reset-requests": f"{left_seconds}s",
    }
    if count > limit:
        raise ApiError(
            HTTPStatus.TOO_MANY_REQUESTS,
            _("Too many requests: %(limit)s a minute are allowed here. Wait %(seconds)s seconds.")
            % {"limit": limit, "seconds": left_seconds},
            kind="requests",
            code="rate_limit_exceeded",
            retry_after=str(left_seconds),
            **headers,
        )
    return headers
