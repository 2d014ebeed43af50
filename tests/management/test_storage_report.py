"""`manage.py storage_report`: for operators and cron."""

import io
import json
import os

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from tests.management.commands import NOWHERE, assert_one_sentence, manage, services_here
from transcriptions import storage
from transcriptions.models import Media

pytestmark = pytest.mark.django_db(transaction=True)

KEPT, ORPHAN, LOST = (storage.media_key(letter * 64) for letter in "abc")


def report(*words: str) -> tuple[str, int]:
    said = io.StringIO()
    try:
        call_command("storage_report", *words, stdout=said)
    except SystemExit as ended:
        return said.getvalue(), int(ended.code or 0)
    return said.getvalue(), 0


def keep(key: str, size: int) -> None:
    fields = {"size_bytes": size, "container": "wav", "created_at": timezone.now()}
    Media.objects.create(sha256=key[-64:], storage_key=key, **fields)


@pytest.fixture
def _damaged() -> None:
    keep(KEPT, 5)
    keep(LOST, 7)
    for key in (KEPT, ORPHAN):
        storage.write(key, b"sound")
    os.utime(storage.path(ORPHAN), (0, 0))


def test_with_nothing_stored_it_says_so() -> None:
    said, status = report()
    assert (said.splitlines()[0], status) == ("orphans: 0", 0)


@pytest.mark.usefixtures("_damaged")
def test_it_names_what_does_not_fit_and_ends_with_status_1() -> None:
    said, status = report()
    assert said.splitlines()[:4] == [
        "media: 2 files, 10 bytes",
        f"file without a row: {ORPHAN}",
        f"row without its file: {LOST}",
        "orphans: 2",
    ]
    assert status == 1
    assert storage.exists(ORPHAN)


@pytest.mark.usefixtures("_damaged")
def test_it_puts_right_what_it_may() -> None:
    said, status = report("--fix")
    assert "put right: 2\norphans: 0\n" in said
    assert status == 0
    assert report()[0].splitlines()[:2] == ["media: 1 files, 5 bytes", "orphans: 0"]


@pytest.mark.usefixtures("_damaged")
def test_it_speaks_json() -> None:
    said, status = report("--json")
    found = json.loads(said)
    assert found["kinds"] == {"media": {"files": 2, "size_bytes": 10}}
    assert (found["files_without_row"], found["rows_without_file"]) == ([ORPHAN], [LOST])
    assert (found["orphans"], found["repaired"], status) == (2, 0, 1)
    assert found["free_bytes"] > 0


def test_an_empty_storage_is_a_sentence() -> None:
    keep(LOST, 7)
    with pytest.raises(CommandError, match="Is it the right one, and mounted"):
        report("--fix")


def test_an_s3_that_is_away_is_a_sentence(settings: Settings) -> None:
    address = "s3+http://key:secret@127.0.0.1:9/recordings"
    result = manage("storage_report", **{**NOWHERE, **services_here(), "STORAGE_URL": address})
    assert_one_sentence(result, "The storage cannot be read: Could not connect to the endpoint URL")
    assert "secret" not in result.stderr
