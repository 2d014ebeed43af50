"""Figures of every process on one page: those of workers, too, and of nobody who is gone."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from accounts.models import User
from tests.conftest import Accept
from tests.management.test_worker import until, worker
from transcriptions import health, metrics
from transcriptions.metrics import sums
from transcriptions.models import Sum, Transcript, WorkerProcess

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "a long secret"
SECONDS = 60
BEGIN_AND_BE_KILLED = """
import os, signal
import django
django.setup()
from transcriptions import metrics
metrics.readers.inc(7)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def _begun_anew(settings: Settings) -> None:
    """The rows of the test before are gone; what this process has counted so far was in them."""
    settings.METRICS_TOKEN = TOKEN
    health._asked.clear()
    sums.add()
    Sum.objects.all().delete()


def scrape(client: Client) -> dict[str, dict[str, float]]:
    """Values by the name of the sample and by its labels."""
    page = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            found.setdefault(sample.name, {})[",".join(sample.labels.values())] = sample.value
    return found


def test_what_two_processes_count_is_added_up() -> None:
    metrics.uploads.labels(outcome="accepted").inc()
    metrics.add()
    before = Sum.objects.get(name="transcribe_uploads_total", labels='{"outcome": "accepted"}').value
    Sum.objects.filter(name="transcribe_uploads_total").update(value=before + 10)  # another process
    metrics.uploads.labels(outcome="accepted").inc(2)
    metrics.add()
    metrics.add()
    assert Sum.objects.get(name="transcribe_uploads_total", labels='{"outcome": "accepted"}').value == before + 12


def test_the_workers_figures_are_there_and_go_with_them(
    client: Client, alice: User, accept: Accept, spoken: Path
) -> None:
    with worker("media"), worker("speech") as recogniser:
        transcript = accept(alice, spoken).transcript
        done = Transcript.objects.filter(pk=transcript.pk, state=Transcript.State.DONE)
        until(done.exists, SECONDS)
        until(lambda: Sum.objects.filter(name="transcribe_batches_total", value__gte=1).exists(), SECONDS)
        page = scrape(client)
        assert page["transcribe_workers"] == {"media": 1, "speech": 1}
        assert page["transcribe_worker_memory_bytes"]["speech"] > 50_000_000
        assert list(page["transcribe_resident_models"].values()) == [1]
        stages = page["transcribe_stage_seconds_count"]
        assert {"prepare", "recognise", "finish", "wait_to_prepare", "wait_to_recognise"} <= set(stages)
        assert page["transcribe_ended_total"][",done"] == 1
        assert page["transcribe_heard_seconds_total"][""] == pytest.approx(transcript.media.duration_seconds, abs=0.5)
        assert page["transcribe_first_words_seconds_count"][""] == 1
        assert max(page["transcribe_batch_places_total"].values()) >= 1
        recogniser.kill()
        recogniser.wait()
        assert WorkerProcess.objects.filter(kind="speech").exists()  # nobody has tidied up yet
        page = scrape(client)
        assert page["transcribe_workers"] == {"media": 1, "speech": 0}
        assert page["transcribe_worker_memory_bytes"]["speech"] == 0
        assert "transcribe_resident_models" not in page
        assert page["transcribe_stage_seconds_count"]["recognise"] == stages["recognise"]


def test_every_metric_of_the_code_is_on_the_page(client: Client) -> None:
    page = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    told = set(re.findall(r"^# TYPE (transcribe_\w+)", page, re.MULTILINE))
    code = "".join(file.read_text() for file in Path(site.BASE_DIR, "transcriptions/metrics").glob("*.py"))
    assert told == set(re.findall(r'"(transcribe_\w+)"', code))


def test_labels_are_few(client: Client, alice: User, accept: Accept, spoken: Path, silent: Path) -> None:
    """No label has the name of a file, of a person, or of an entry."""
    entries = [accept(alice, file, name=f"secret-{file.name}") for file in (spoken, silent)]
    page = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    for word in ("secret-", "alice", *(str(entry.pk) for entry in entries)):
        assert word not in page


def test_a_killed_web_process_leaves_no_gauge(client: Client, settings: Settings, tmp_path: Path) -> None:
    """Several web processes of a host share PROMETHEUS_MULTIPROC_DIR."""
    words = [sys.executable, "-c", BEGIN_AND_BE_KILLED]
    named = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "transcribe_site.settings"}
    subprocess.run(words, env={**os.environ, **named}, cwd=site.BASE_DIR, check=False, timeout=SECONDS)
    assert [file.name[:13] for file in tmp_path.glob("gauge_live*")] == ["gauge_livesum"]
    settings.PROMETHEUS_MULTIPROC_DIR = str(tmp_path)
    page = scrape(client)
    assert "transcribe_readers" not in page
    assert page["transcribe_workers"] == {"media": 0, "speech": 0}
    assert not list(tmp_path.glob("gauge_live*"))


def test_without_a_database_what_is_checked_is_still_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**fields: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(Sum.objects, "order_by", lambda *fields: away())
    monkeypatch.setattr(WorkerProcess.objects, "filter", away)
    page = scrape(client)
    assert page["transcribe_check_good"]["redis"] == 1
    assert "transcribe_uploads_total" not in page
