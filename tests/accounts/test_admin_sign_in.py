"""The admin has no door of its own: everybody comes in through the site's."""

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.entrance import sign_in
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(alice: User) -> User:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    return alice


def test_its_sign_in_page_is_the_sites(client: Client) -> None:
    first = client.get("/admin/")
    assert (first.status_code, first.headers["Location"]) == (302, "/admin/login/?next=/admin/")
    assert client.get(first.headers["Location"]).headers["Location"] == "/accounts/login/?next=%2Fadmin%2F"


def test_its_own_form_signs_nobody_in(client: Client, staff: User) -> None:
    form = {"username": staff.email, "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", form).status_code == 302
    assert client.get("/admin/").status_code == 302


def test_staff_comes_in_through_the_site(client: Client, staff: User) -> None:
    assert sign_in(client, staff.email, query="?next=%2Fadmin%2F").headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_who_is_not_staff_stays_outside(client: Client, alice: User) -> None:
    sign_in(client, alice.email)
    assert client.get("/admin/", follow=True).status_code == 403
    assert "/admin/" not in client.get("/").content.decode()


def test_an_account_is_made_by_its_address(client: Client, staff: User) -> None:
    sign_in(client, staff.email)
    form = {"email": "dave@example.org", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/admin/accounts/user/add/", form).status_code == 302
    assert User.objects.get(email="dave@example.org").check_password(PASSWORD)
    assert client.post("/admin/accounts/user/add/", form | {"email": "DAVE@example.org"}).status_code == 200
    assert User.objects.count() == 2
