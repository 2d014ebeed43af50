"""What every page does for somebody who is signed in: it speaks their language and notes that their browser is in use.

Not for asynchronous views. Those look for their person in a thread of its own, which gives its connection back; a look
from here would keep one for as long as somebody listens. They know the language by its cookie.
"""

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from accounts import sessions


class PersonMiddleware(MiddlewareMixin):
    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], arguments: list[Any], named: dict[str, Any]
    ) -> None:
        if iscoroutinefunction(view) or not request.user.is_authenticated:
            return
        sessions.note(request.session.session_key, timezone.now())
        if request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """A browser learns their language when they sign in, and when they have chosen another one elsewhere."""
        found = request.resolver_match
        if found is None or iscoroutinefunction(found.func) or not request.user.is_authenticated:
            return response
        language = request.user.language
        if language and language != request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                path=settings.LANGUAGE_COOKIE_PATH,
                domain=settings.LANGUAGE_COOKIE_DOMAIN,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            )
        return response
