"""Postgres restarts under a running web process: every connection it held is dead, and nobody should notice."""

from http import HTTPStatus
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.uploads import asgi, forms
from tests.web import rows, serve
from transcriptions.models import Transcription

pytestmark = pytest.mark.django_db(transaction=True)


def restart_postgres() -> None:
    """As its clients see it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def upload(port: int, user: User, file: Path) -> int:
    cookies = asgi.person(user)
    headers = {**serve.cookie_header(cookies), "Content-Type": forms.CONTENT_TYPE, "Accept": "application/json"}
    body = asgi.form(cookies, (file.name, file.read_bytes()))
    return serve.ask(port, "/upload/", method="POST", body=body, headers=headers).status


def test_uploads_go_on(port: int, alice: User, spoken: Path) -> None:
    assert upload(port, alice, spoken) == HTTPStatus.CREATED
    restart_postgres()
    assert upload(port, alice, spoken) == HTTPStatus.CREATED
    assert Transcription.objects.count() == 2


def test_pages_go_on(port: int, alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Hi.")
    cookies = serve.cookie_header({name: morsel.value for name, morsel in as_alice.cookies.items()})
    for name, arguments in (("transcript", [entry.pk]), ("events", [entry.pk]), ("download", [entry.pk, "txt"])):
        path = reverse(name, args=arguments)
        assert serve.ask(port, path, headers=cookies).status == HTTPStatus.OK
        restart_postgres()
        assert serve.ask(port, path, headers=cookies).status == HTTPStatus.OK
