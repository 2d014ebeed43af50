"""The pages' own files."""

import gzip

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import AsyncClient, Client, RequestFactory

from transcribe_site.compressed import Compressed

VENDOR = ("vendor/tus-js-client/dist/tus.min.js", "vendor/@noble/hashes/sha2.js")


@pytest.mark.parametrize("path", ["css/site.css", "js/live.js", "icon.svg", "django_htmx/htmx-2.min.js", *VENDOR])
def test_they_are_served_whole_and_typed(path: str) -> None:
    answer = async_to_sync(AsyncClient().get)(f"/static/{path}")
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content) > 100
    assert answer.headers["Content-Type"].split(";")[0] in {"text/css", "text/javascript", "image/svg+xml"}


def test_what_has_not_changed_is_not_sent_again() -> None:
    get = async_to_sync(AsyncClient().get)
    seen = get("/static/css/site.css").headers["Last-Modified"]
    again = get("/static/css/site.css", headers={"If-Modified-Since": seen})
    assert (again.status_code, again.content) == (304, b"")


def test_they_are_compressed_for_whoever_takes_that() -> None:
    get = async_to_sync(AsyncClient().get)
    plain = get("/static/css/site.css", headers={"Accept-Encoding": "identity"})
    packed = get("/static/css/site.css", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert int(packed.headers["Content-Length"]) == len(packed.content) < len(plain.content) / 2
    assert gzip.decompress(packed.content) == plain.content
    again = get("/static/css/site.css", headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_pages_are_compressed_but_for_what_has_an_etag(rf: RequestFactory) -> None:
    page = Client().get("/accounts/login/", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert b"<html" in gzip.decompress(page.content)
    request = rf.get("/", headers={"Accept-Encoding": "gzip"})

    def answered(response: HttpResponseBase) -> HttpResponseBase:
        return Compressed(lambda request: response).process_response(request, response)

    assert answered(HttpResponse("a" * 1000)).headers["Content-Encoding"] == "gzip"
    for other in (HttpResponse("a" * 1000, headers={"ETag": '"1"'}), StreamingHttpResponse([b"a" * 1000])):
        assert "Content-Encoding" not in answered(other).headers
