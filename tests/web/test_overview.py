"""The operator's first page: for staff, in figures, without anybody's text."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.web import rows
from transcriptions import days, tally
from transcriptions.models import CacheDay, Speed, Transcript, WorkerProcess
from transcriptions.tally import Tally
from transcriptions.web.charts import HEIGHT, chart

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(bob: User) -> Client:
    """Without a permission of any kind."""
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    client = Client()
    client.force_login(bob)
    return client


def test_who_is_not_staff_does_not_see_it(client: Client, as_alice: Client) -> None:
    for outsider in (client, as_alice):
        assert outsider.get(reverse("overview")).status_code == 302


def test_it_says_what_runs_waits_and_failed(staff: Client, alice: User) -> None:
    now = timezone.now()
    rows.entry(alice, "A secret sentence.", title="Secret title", state=Transcript.State.QUEUED)
    rows.entry(alice, title="Secret title", state=Transcript.State.FAILED, error_code="unreadable")
    figures = {"resident_bytes": 7 * 1024**2, "free_bytes": 9 * 1024**2, "gpus": []}
    WorkerProcess.objects.create(
        name="speech-a-1", kind="speech", host="a", pid=1, started_at=now, beat_at=now,
        models_held=["base (cpu, int8)"], figures=figures,
    )  # fmt: skip
    Speed.objects.create(model="base", device="cpu", preset="fast", seconds_a_second=0.1, measured_at=now)
    CacheDay.objects.create(day=now.date(), missed=1, hit=3)
    page = staff.get(reverse("overview"))
    assert page.status_code == 200
    assert page.context["states"] == [
        ("queued", "waiting", 1),
        ("preparing", "preparing", 0),
        ("recognising", "recognising", 0),
    ]
    assert page.context["waiting"]["media"].jobs == 1
    assert page.context["failed"] == [("unreadable", 1)]
    text = page.content.decode()
    for said in ("base (cpu, int8)", "7.0\N{NO-BREAK SPACE}MB", "9.0\N{NO-BREAK SPACE}MB", "75 %", "10.0", "<svg"):
        assert said in text, said
    assert "ecret" not in text


def test_the_rules_for_what_a_page_may_load_hold(staff: Client) -> None:
    page = staff.get(reverse("overview"))
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "style=" not in page.content.decode().split('class="overview"')[1]


def test_a_day_has_what_ended_on_it(alice: User) -> None:
    now = timezone.now()
    done: dict[str, Any] = {"state": Transcript.State.DONE, "duration_seconds": 100.0}
    rows.entry(alice, started_at=now - timedelta(seconds=20), finished_at=now, **done)
    rows.entry(alice, started_at=now - timedelta(seconds=10), finished_at=now, **done)
    rows.entry(alice, finished_at=now, figures={"copied_from": 1}, **done)
    rows.entry(alice, state=Transcript.State.FAILED, finished_at=now - timedelta(days=1))
    long_ago = now - timedelta(days=3)
    rows.entry(alice, created_at=long_ago, started_at=long_ago, finished_at=long_ago, **done)
    before, yesterday, today = days.last(3, now)
    assert (before.done, yesterday.failed, yesterday.real_time_ratio) == (0, 1, 0.0)
    assert (today.done, today.failed, today.seconds) == (2, 0, 200.0)
    assert today.real_time_ratio == pytest.approx(0.15)


def test_the_caches_days_are_told_one_by_one() -> None:
    today = timezone.now().date()
    CacheDay.objects.create(day=today, missed=1, hit=1)
    CacheDay.objects.create(day=today - timedelta(days=9), missed=5)
    assert tally.by_day(today - timedelta(days=1)) == {today: Tally(missed=1, hit=1)}


def test_a_chart_is_as_high_as_its_highest_figure_and_shows_the_least() -> None:
    drawn = chart("Hours", [("Monday", 0.0, "0"), ("Tuesday", 1000.0, "1,000"), ("Wednesday", 0.1, "0.1")])
    assert [bar.height for bar in drawn.bars] == [0, HEIGHT, 1]
    assert drawn.bars[1].said == "Tuesday: 1,000"
    assert chart("Nothing", []).bars == ()
