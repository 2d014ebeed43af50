"""A person's name and the language of their pages, which goes with them to other browsers."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.accounts.entrance import sign_in

pytestmark = pytest.mark.django_db

PAGE, CHOOSE = "/account/", "/i18n/setlang/"
IN_PORTUGUESE, IN_ENGLISH = '<html lang="pt-br"', '<html lang="en"'


def page(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode()


def test_the_name_is_saved(alice: User, as_alice: Client) -> None:
    assert as_alice.post(PAGE, {"name": "Alice Araújo", "language": ""}).headers["Location"] == PAGE
    alice.refresh_from_db()
    assert alice.get_full_name() == "Alice Araújo"
    assert 'value="Alice Araújo"' in page(as_alice)


def test_the_language_is_that_of_the_next_page_and_of_the_answer(as_alice: Client) -> None:
    said = as_alice.post(PAGE, {"name": "", "language": "pt-br"}, follow=True).content.decode()
    assert IN_PORTUGUESE in said
    assert "Salvo." in said


def test_the_language_goes_with_its_person_to_another_browser(alice: User, as_alice: Client) -> None:
    elsewhere = Client()
    sign_in(elsewhere, alice.email)
    assert IN_ENGLISH in page(elsewhere, "/")
    as_alice.post(PAGE, {"name": "", "language": "pt-br"})
    assert IN_PORTUGUESE in page(elsewhere, "/")
    assert elsewhere.cookies[settings.LANGUAGE_COOKIE_NAME].value == "pt-br"


def test_signing_in_tells_the_browser_the_language(alice: User, client: Client) -> None:
    User.objects.update(language="pt-br")
    answer = sign_in(client, alice.email)
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "pt-br"


def test_what_is_chosen_at_the_foot_of_a_page_is_remembered(alice: User, as_alice: Client) -> None:
    User.objects.update(language="pt-br")
    as_alice.post(CHOOSE, {"language": "en"})
    assert IN_ENGLISH in page(as_alice)
    alice.refresh_from_db()
    assert alice.language == "en"
    as_alice.post(CHOOSE, {"language": "tlh"})
    alice.refresh_from_db()
    assert alice.language == "en"


def test_without_a_choice_it_is_the_browsers_again(as_alice: Client) -> None:
    as_alice.post(PAGE, {"name": "", "language": "pt-br"})
    as_alice.post(PAGE, {"name": "", "language": ""})
    assert IN_ENGLISH in page(as_alice)


def test_a_language_that_is_not_offered_is_refused(alice: User, as_alice: Client) -> None:
    assert "errorlist" in as_alice.post(PAGE, {"name": "", "language": "tlh"}).content.decode()
    alice.refresh_from_db()
    assert alice.language == ""


def test_somebody_signed_out_is_sent_to_the_sign_in_page(client: Client) -> None:
    assert client.get(PAGE).headers["Location"].startswith("/accounts/login/")
