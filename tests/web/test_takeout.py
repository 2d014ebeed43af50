"""Taking everything away: asked for with the password, followed, downloaded by its person alone."""

import http.client
import io
import re
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.accounts.entrance import sign_in
from tests.people import PASSWORD
from tests.web import rows, serve
from tests.web.conftest import signed_in
from transcriptions import storage
from transcriptions.models import Takeout
from transcriptions.workflow import takeout

pytestmark = pytest.mark.django_db(transaction=True)

ASK, FILE, PAGE = "/account/takeout", "/account/takeout.zip", "/account/data/"


def make(user: User) -> Takeout:
    takeout.ask(user=user, now=timezone.now())
    takeout.make_next(lambda: False, lambda: None)
    return Takeout.objects.get(user=user)


def get(port: int, user: User) -> http.client.HTTPResponse:
    cookies = {name: morsel.value for name, morsel in signed_in(user).cookies.items()}
    return serve.ask(port, FILE, headers=serve.cookie_header(cookies))


def test_it_takes_the_password(alice: User, client: Client) -> None:
    sign_in(client, alice.email)
    asked = client.post(ASK)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not Takeout.objects.exists()
    assert client.post(asked.headers["Location"], {"password": PASSWORD}).headers["Location"] == PAGE
    assert Takeout.objects.get().user == alice


def test_how_far_it_is_is_shown(alice: User, as_alice: Client) -> None:
    takeout.ask(user=alice, now=timezone.now())
    assert "waits for its turn" in as_alice.get(PAGE).content.decode()
    Takeout.objects.update(made_bytes=43, all_bytes=100)
    part = as_alice.get(ASK, headers={"HX-Request": "true"}).content.decode()
    assert "43%" in part
    assert "hx-get" in part
    takeout.make_next(lambda: False, lambda: None)
    part = as_alice.get(ASK, headers={"HX-Request": "true"}).content.decode()
    assert FILE in part
    assert "hx-get" not in part


def test_a_failure_is_a_sentence(alice: User, as_alice: Client) -> None:
    takeout.ask(user=alice, now=timezone.now())
    Takeout.objects.update(state=Takeout.State.FAILED, error_code="takeout_failed")
    assert "could not be put together" in as_alice.get(PAGE).content.decode()


def test_its_person_downloads_it_and_nobody_else(alice: User, bob: User, port: int) -> None:
    rows.entry(alice, "Hi.")
    make(alice)
    answer = get(port, alice)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/zip")
    assert re.search(r'attachment; filename="transcribe-site\.zip"', answer.headers["Content-Disposition"])
    content: bytes = answer.content  # type: ignore[attr-defined]
    assert "account.json" in ZipFile(io.BytesIO(content)).namelist()
    assert get(port, bob).status == 404
    assert serve.ask(port, FILE).status == 401


def test_it_can_be_removed(alice: User, as_alice: Client) -> None:
    made = make(alice)
    as_alice.post("/account/takeout/remove")
    assert not storage.exists(made.storage_key)
    assert FILE not in as_alice.get(PAGE).content.decode()


def test_somebody_signed_out_is_sent_to_the_sign_in_page(client: Client) -> None:
    assert client.get(ASK).headers["Location"].startswith("/accounts/login/")
    assert client.get(ASK, headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/accounts/login/"
    assert client.post(ASK).headers["Location"].startswith("/accounts/login/")
