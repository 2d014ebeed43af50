"""What goes wrong is told in the site's own words."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

pytestmark = pytest.mark.django_db


def test_an_address_that_is_none_is_told() -> None:
    answer = Client().get("/no/such/page")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_form_that_is_out_of_date_is_told() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.org"})
    assert answer.status_code == 403
    assert "This page is out of date" in answer.content.decode()


def test_a_failure_of_ours_is_told_without_a_request_or_a_database() -> None:
    assert "Something went wrong" in render_to_string("500.html")


def test_an_error_page_speaks_portuguese() -> None:
    answer = Client(headers={"Accept-Language": "pt-BR"}).get("/no/such/page")
    assert "Não há nada aqui" in answer.content.decode()
