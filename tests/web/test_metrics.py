"""Prometheus' page: for staff and for the bearer of the token; for anybody else it does not exist."""

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from accounts.models import User
from transcriptions import forecasts, metrics
from transcriptions.models import CacheDay, Speed

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


def test_what_the_cache_did_is_counted_whoever_counted_it(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "a long secret"
    CacheDay.objects.create(day="2026-01-01", missed=3, hit=2, saved_seconds=10.5)
    CacheDay.objects.create(day="2026-01-02", hit=5, evicted=4)
    page = client.get("/metrics", headers={"Authorization": "Bearer a long secret"}).content.decode()
    for line in (
        'transcribe_cache_lookups_total{found="missed"} 3.0',
        'transcribe_cache_lookups_total{found="hit"} 7.0',
        'transcribe_cache_removed_total{why="evicted"} 4.0',
        "transcribe_cache_saved_seconds_total 10.5",
    ):
        assert line in page.splitlines()


def test_the_errors_of_forecasts_are_a_histogram_whoever_counted_them(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "a long secret"
    counts: list[int] = []
    for error in (0.0, 0.1, 0.2, 0.6, 5.0):
        counts = forecasts.counted(counts, error)
    assert counts == [2, 1, 0, 1, 0, 1]
    its = {"model": "base", "device": "cpu, int8", "preset": "fast", "measured_at": timezone.now()}
    Speed.objects.create(**its, errors=counts, error_sum=5.9)
    page = client.get("/metrics", headers={"Authorization": "Bearer a long secret"}).content.decode()
    (family,) = (one for one in text_string_to_metric_families(page) if one.name == "transcribe_forecast_error_ratio")
    labels = {"model": "base", "device": "cpu, int8", "preset": "fast"}
    assert all(labels.items() <= sample.labels.items() for sample in family.samples)
    buckets = {sample.labels["le"]: sample.value for sample in family.samples if sample.name.endswith("_bucket")}
    assert buckets == {"0.1": 2, "0.25": 3, "0.5": 3, "1.0": 4, "2.0": 4, "+Inf": 5}
    assert {sample.value for sample in family.samples if sample.name.endswith("_sum")} == {5.9}


def test_without_a_database_the_other_metrics_are_there(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(Speed.objects, "exclude", lambda **fields: away())
    settings.METRICS_TOKEN = "a long secret"
    page = client.get("/metrics", headers={"Authorization": "Bearer a long secret"})
    assert page.status_code == 200
    assert "transcribe_uploads_total" in page.content.decode()
