"""/readyz for load balancers, /status for staff and for the bearer of the token."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from transcriptions import health
from transcriptions.health.values import bad, good

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    health._asked.clear()


def test_it_may_take_traffic(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")


def test_without_its_tables_it_may_not_but_is_alive(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.CHECKS, "migrations", lambda: bad("one is missing", "migrate"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"not ready: migrations\n")
    assert client.get("/healthz").status_code == 200


def test_a_full_disk_still_serves_pages(client: Client, settings: Settings) -> None:
    settings.MIN_FREE_BYTES = 2**62
    assert client.get("/readyz").status_code == 200


def test_it_answers_plainly_where_everything_else_goes_to_https(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/readyz").status_code == 200


def test_the_status_does_not_exist_for_strangers(client: Client, as_alice: Client) -> None:
    assert client.get("/status").status_code == 404
    assert as_alice.get("/status").status_code == 404


def test_staff_sees_a_page(alice: User, as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        health, "CHECKS", {"redis": lambda: bad("It <sleeps>.", "Wake it."), "disk": lambda: good("wide")}
    )
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    page = as_alice.get("/status").content.decode()
    assert "It &lt;sleeps&gt;." in page
    assert "Wake it." in page
    assert "wide" in page


def test_programs_get_json_and_a_status(client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.METRICS_TOKEN = "a long secret"
    monkeypatch.setattr(health, "CHECKS", {"redis": lambda: bad("It sleeps.", "Wake it.")})
    given = {"Authorization": "Bearer a long secret", "Accept": "application/json"}
    answer = client.get("/status", headers=given)
    assert answer.status_code == 503
    assert answer.json()["state"] == "bad"
    assert answer.json()["checks"] == {"redis": {"state": "bad", "said": "It sleeps.", "todo": "Wake it."}}
