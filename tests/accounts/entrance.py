"""The way in, as a browser goes it."""

from typing import Any

from django.test import Client

from tests.people import PASSWORD

NEW_PASSWORD = "tr4nscribe-the-budget"


def sign_in(client: Client, email: str, password: str = PASSWORD, query: str = "") -> Any:
    return client.post(f"/accounts/login/{query}", {"login": email, "password": password})


def is_in(client: Client) -> bool:
    """Whether the history opens."""
    return client.get("/").status_code == 200
