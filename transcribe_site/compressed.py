"""Pages, compressed. Not what is streamed, which would wait for more; nor what has an ETag, which would become a weak
one that no If-Match may name."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class Compressed(GZipMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or response.has_header("ETag"):
            return response
        return super().process_response(request, response)
