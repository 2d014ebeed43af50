"""Prometheus' page: for staff and for the bearer of the token; for anybody else it does not exist."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from transcriptions import metrics

pytestmark = pytest.mark.django_db


def test_it_does_not_exist_for_strangers(client: Client, as_alice: Client) -> None:
    assert client.get("/metrics").status_code == 404
    assert as_alice.get("/metrics").status_code == 404


def test_staff_reads_it(alice: User, as_alice: Client) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    page = as_alice.get("/metrics")
    assert page.status_code == 200
    for name in ("transcribe_uploads_total", "transcribe_cache_lookups_total"):
        assert f"# TYPE {name} counter" in page.content.decode()


def test_the_bearer_of_the_token_reads_it(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "a long secret"
    assert client.get("/metrics", headers={"Authorization": "Bearer a long secret"}).status_code == 200


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer another", "Basic a long secret", "Bearer a long secret "])
def test_a_wrong_token_opens_nothing(client: Client, settings: Settings, given: str) -> None:
    settings.METRICS_TOKEN = "a long secret"
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer None"])
def test_without_a_token_nothing_is_one(client: Client, settings: Settings, given: str) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


def test_an_upload_is_counted_by_its_outcome(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "a long secret"
    metrics.uploads.labels(outcome="empty_file").inc()
    page = client.get("/metrics", headers={"Authorization": "Bearer a long secret"}).content.decode()
    assert 'transcribe_uploads_total{outcome="empty_file"}' in page
