"""Static files, by WhiteNoise, sent whole: a streamed one is read whole under ASGI all the same, and with a warning.

Compressed when they are first asked for: nothing has been made of them before, see ADR 6.
"""

import gzip
from contextlib import closing
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware

COMPRESSIBLE = ("text/", "application/json", "image/svg+xml")
KEPT = 256  # files, compressed


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        response = HttpResponse(status=int(found.status))
        del response["content-type"]
        for name, value in found.headers:
            response[name] = value
        if found.file is not None:
            with closing(found.file) as file:
                response.content = file.read()
        if response.headers.get("content-type", "").startswith(COMPRESSIBLE):
            _compress(request, response)
        return response


def _compress(request: HttpRequest, response: HttpResponse) -> None:
    patch_vary_headers(response, ["Accept-Encoding"])
    is_accepted = "gzip" in request.headers.get("Accept-Encoding", "")
    if is_accepted and response.status_code == HTTPStatus.OK and response.content:
        response.content = _compressed(response.content)
        response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))


@lru_cache(KEPT)
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
