"""Which other sites' pages may ask the API. django-cors-headers decides; here, because half of the API's doors stand in
front of Django and its middleware."""

from http import HTTPStatus
from io import BytesIO
from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse

from transcriptions.uploads.answers import Answer


class CrossOrigin:
    """ASGI: answers what browsers ask beforehand; every other answer of the API says who may read it."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self._rules = CorsMiddleware(lambda request: HttpResponse())

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not settings.CORS_ALLOWED_ORIGINS:
            await self.application(scope, receive, send)
            return
        request = ASGIRequest(scope, BytesIO())
        asked_beforehand = self._rules.check_preflight(request)
        response = self._rules.add_response_headers(request, HttpResponse())
        del response["Content-Type"]
        if asked_beforehand:
            await Answer(HTTPStatus.NO_CONTENT, dict(response.items())).send(send)
            return
        told = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.items()]

        async def answer(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *told]}
            await send(message)

        await self.application(scope, receive, answer)
