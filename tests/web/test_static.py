"""The pages' own files."""

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

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
