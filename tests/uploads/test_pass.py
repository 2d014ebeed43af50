"""What is no upload: a small form, or nothing that anybody would write to disk."""

from typing import Any

import pytest

from tests.uploads import asgi, forms
from transcribe_site.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)

LARGE = 5_000_000


@pytest.mark.parametrize(("method", "path"), [("POST", "/accounts/login/"), ("POST", "/upload"), ("PUT", "/upload/")])
def test_a_large_body_for_another_page_is_refused_before_a_byte_is_read(method: str, path: str) -> None:
    request = asgi.scope({}, method=method, path=path, content_length=str(LARGE))
    answer = asgi.post(application, request, asgi.whole(b"x" * LARGE))
    assert (answer.status, answer.taken, answer.headers["connection"]) == (413, 0, "close")
    assert b"too large" in answer.body


def test_a_large_body_that_is_not_declared_is_broken_off() -> None:
    events: list[dict[str, Any]] = asgi.whole(b"x" * LARGE)
    answer = asgi.post(application, asgi.scope({}, path="/accounts/login/"), events)
    assert answer.status == 0
    assert answer.taken < len(events) / 2


def test_a_small_form_goes_by() -> None:
    body = forms.body([("login", None, b"x" * 100_000)])
    assert asgi.post(application, asgi.scope({}, path="/accounts/login/"), asgi.whole(body)).status == 403
