"""What is kept of a person's recordings, and deleting the account."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import Settings

from accounts import tokens
from accounts.models import User
from tests.accounts.entrance import sign_in
from tests.people import PASSWORD
from tests.web import rows
from transcriptions import storage
from transcriptions.models import Deletion, Media, Segment, Takeout, Transcript, Transcription
from transcriptions.workflow import takeout

pytestmark = pytest.mark.django_db(transaction=True)

PAGE, DELETE = "/account/data/", "/account/delete"


def said(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_the_page_offers_no_more_than_the_site_keeps(as_alice: Client, settings: Settings) -> None:
    assert 'value="original"' in said(as_alice.get(PAGE))
    settings.KEEP_MEDIA = "sound"
    page = said(as_alice.get(PAGE))
    assert 'value="original"' not in page
    assert 'value="sound"' in page
    assert 'value="nothing"' in page


def test_a_wish_is_saved_and_taken_back(alice: User, as_alice: Client) -> None:
    assert as_alice.post(PAGE, {"keep_media": "sound", "keep_media_days": "30"}).status_code == 302
    alice.refresh_from_db()
    assert (alice.keep_media, alice.keep_media_days) == ("sound", 30)
    as_alice.post(PAGE, {"keep_media": "", "keep_media_days": ""})
    alice.refresh_from_db()
    assert (alice.keep_media, alice.keep_media_days) == ("", None)


@pytest.mark.parametrize("wish", [{"keep_media": "original"}, {"keep_media_days": "8"}, {"keep_media_days": "-1"}])
def test_more_than_the_site_keeps_is_refused(
    alice: User, as_alice: Client, settings: Settings, wish: dict[str, str]
) -> None:
    settings.KEEP_MEDIA, settings.KEEP_MEDIA_DAYS = "sound", 7
    response = as_alice.post(PAGE, wish)
    assert response.status_code == 200
    assert "errorlist" in said(response)
    alice.refresh_from_db()
    assert (alice.keep_media, alice.keep_media_days) == ("", None)


def test_deleting_the_account_removes_all_that_nobody_else_has(
    alice: User, bob: User, as_alice: Client, as_bob: Client
) -> None:
    own, shared = rows.entry(alice, "Mine alone."), rows.entry(alice, "Ours.")
    Transcription.objects.create(
        user=bob, transcript=shared.transcript, title="b", file_name="b", created_at=timezone.now()
    )
    size = storage.size(own.transcript.media.storage_key)
    response = as_alice.post(DELETE, {"password": PASSWORD})
    assert response.headers["Location"] == reverse("account_login")
    assert "were deleted" in said(as_alice.get(reverse("account_login")))
    assert list(User.objects.all()) == [bob]
    assert Transcription.objects.get().user == bob
    assert Transcript.objects.get() == shared.transcript
    assert Media.objects.get() == shared.transcript.media
    assert [segment.text for segment in Segment.objects.all()] == ["Ours."]
    assert not storage.exists(own.transcript.media.storage_key)
    assert storage.exists(shared.transcript.media.storage_key)
    receipt = Deletion.objects.get()
    assert (receipt.what, receipt.recordings, receipt.size_bytes) == ("account", 2, size)
    assert as_alice.get("/").status_code == 302
    assert as_bob.get("/").status_code == 200


def test_everything_else_of_the_account_goes_with_it(alice: User, as_alice: Client) -> None:
    now, elsewhere = timezone.now(), Client()
    sign_in(elsewhere, alice.email)
    token = tokens.create(user=alice, name="script", now=now)
    takeout.ask(user=alice, now=now)
    takeout.make_next(lambda: False, lambda: None)
    key = Takeout.objects.get().storage_key
    as_alice.post(DELETE, {"password": PASSWORD})
    assert elsewhere.get("/").status_code == 302
    assert not Session.objects.filter(session_key=elsewhere.session.session_key).exists()
    assert not UserSession.objects.exists()
    assert tokens.bearer(token, now) is None
    assert not Takeout.objects.exists()
    assert key
    assert not storage.exists(key)


@pytest.mark.parametrize("password", ["", "wrong"])
def test_without_the_password_nothing_is_deleted(alice: User, as_alice: Client, password: str) -> None:
    entry = rows.entry(alice, "Hi.")
    response = as_alice.post(DELETE, {"password": password})
    assert response.status_code == 200
    assert "errorlist" in said(response)
    assert Transcription.objects.get() == entry
    assert not Deletion.objects.exists()


def test_passwords_cannot_be_tried_for_ever(alice: User, as_alice: Client) -> None:
    for _ in range(5):
        as_alice.post(DELETE, {"password": "wrong"})
    response = as_alice.post(DELETE, {"password": PASSWORD})
    assert response.status_code == 200
    assert User.objects.filter(pk=alice.pk).exists()


def test_deleting_takes_a_post(as_alice: Client) -> None:
    assert as_alice.get(DELETE).status_code == 405


@pytest.mark.parametrize("path", [PAGE, DELETE])
def test_somebody_signed_out_is_sent_to_the_sign_in_page(client: Client, path: str) -> None:
    response = client.post(path, {"password": PASSWORD})
    assert response.headers["Location"].startswith(reverse("account_login"))


def test_it_speaks_portuguese(as_alice: Client) -> None:
    with translation.override("en"):  # the client leaves the last page's language in force
        page = said(as_alice.get(PAGE, headers={"Accept-Language": "pt-br"}))
    assert "Seus dados" in page
    assert "Your data" not in page
