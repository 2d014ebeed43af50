"""The options that a person usually chooses: offered by the forms, used by every door where nothing else is said."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from transcriptions.models import Upload
from transcriptions.workflow import arrive, fetch

pytestmark = pytest.mark.django_db

PAGE = "/account/defaults/"
CHOSEN = {"language": "pt", "preset": "fast", "hotwords": "João  Guimarães,\nffmpeg", "task": "on"}
KEPT = {"language": "pt", "preset": "fast", "hotwords": "João Guimarães, ffmpeg", "task": "translate"}


def expect(user: User, **chosen: str) -> Upload:
    return arrive.expect(
        user=user, name="a.mp3", size_bytes=None, last_modified=None, chosen=chosen, now=timezone.now()
    )


def test_they_are_saved_and_shown(alice: User, as_alice: Client) -> None:
    assert as_alice.post(PAGE, CHOSEN).headers["Location"] == PAGE
    alice.refresh_from_db()
    assert alice.defaults == KEPT
    page = as_alice.get(PAGE).content.decode()
    assert '<option value="pt" selected>' in page
    assert '<option value="fast" selected>' in page
    assert "João Guimarães, ffmpeg</textarea>" in page
    assert 'name="task" id="id_task" checked' in page
    as_alice.post(PAGE, {"language": ""})
    alice.refresh_from_db()
    assert alice.defaults == {}


@pytest.mark.parametrize("wrong", [{"language": "tlh"}, {"preset": "best"}, {"hotwords": "x" * 1001}])
def test_what_nobody_can_choose_is_refused(alice: User, as_alice: Client, wrong: dict[str, str]) -> None:
    assert "errorlist" in as_alice.post(PAGE, wrong).content.decode()
    alice.refresh_from_db()
    assert alice.defaults == {}


def test_the_forms_begin_with_them(alice: User, as_alice: Client) -> None:
    alice.defaults = KEPT
    alice.save()
    upload, record = as_alice.get("/").content.decode(), as_alice.get("/record/").content.decode()
    assert '<option value="pt" selected>' in upload
    assert '<option value="fast" selected>' in upload
    assert 'value="João Guimarães, ffmpeg"' in upload
    assert '<option value="pt" selected>' in record


@pytest.mark.usefixtures("multilingual")
def test_an_upload_without_options_has_them_and_what_is_said_counts(alice: User) -> None:
    alice.defaults = KEPT
    assert expect(alice).chosen == KEPT
    assert expect(alice, language="", preset="accurate").chosen == {**KEPT, "language": "", "preset": "accurate"}


@pytest.mark.usefixtures("multilingual")
def test_a_link_has_them(alice: User) -> None:
    alice.defaults = {"language": "pt"}
    upload = fetch.expect(user=alice, address="https://example.org/a.mp3", chosen={}, now=timezone.now())
    assert upload.chosen == {"language": "pt"}
