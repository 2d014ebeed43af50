"""The address a load balancer asks."""

import pytest
from django.test import Client
from pytest_django import Settings


def test_it_answers_without_a_database_or_anything_else(client: Client) -> None:
    response = client.get("/healthz")  # this test may not touch the database: pytest-django would end it
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response.headers["Content-Type"] == "text/plain"
    assert not response.cookies


def test_it_answers_plainly_where_everything_else_goes_to_https(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/accounts/login/").status_code == 301


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_asked(client: Client, method: str) -> None:
    assert getattr(client, method)("/healthz").status_code == 405
