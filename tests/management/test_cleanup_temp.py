"""`manage.py cleanup_temp`: for cron, one line, an exit status, and what would go."""

import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import django_rq
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.conftest import Accept
from tests.management.commands import manage, services_here
from transcriptions import storage
from transcriptions.workflow import history

pytestmark = pytest.mark.django_db(transaction=True)


NOTHING = (
    "Removed 0 sessions, 0 uploads nobody went on with, 0 entries thrown away, 0 transcripts, "
    "0 media files in no history, 0 made files past their time, 0 told webhooks past their time, "
    "0 recordings kept smaller or not at all, "
    "0 files without a row, 0 shard folders, 0 temporary files; 0 bytes.\n"
)


def clean_up(*words: str) -> str:
    said = io.StringIO()
    call_command("cleanup_temp", *words, stdout=said)
    return said.getvalue()


def test_with_nothing_to_do_it_says_so() -> None:
    assert clean_up() == NOTHING


def test_it_says_what_it_removed(
    alice: User, accept: Accept, silent: Path, work: Callable[[], None], settings: Settings
) -> None:
    entry = accept(alice, silent)
    work()
    history.delete(entry=entry, now=timezone.now())
    settings.CACHE_TTL_HOURS = 0
    for folder in (Path(django_settings.TEMP_DIR) / "old", Path(django_settings.STORAGE_DIR) / "shards" / "1"):
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(b"123")
        for path in (folder / "file", folder):
            os.utime(path, (0, 0))
    *names, summary = clean_up("--dry-run").splitlines()
    assert names == ["shards/1", f"{django_settings.TEMP_DIR}/old"]
    counts = (
        "0 sessions, 0 uploads nobody went on with, 0 entries thrown away, 1 transcripts, 1 media files in no history, "
        "0 made files past their time, 0 told webhooks past their time, "
        "0 recordings kept smaller or not at all, 0 files without a row, "
        "1 shard folders, 1 temporary files"
    )
    assert summary.startswith(f"Would remove {counts}; ")
    told = json.loads(clean_up("--dry-run", "--json"))
    assert (told["dry_run"], told["busy"], told["transcripts"], told["shard_folders"]) == (True, False, 1, 1)
    assert told["files"] == names
    assert clean_up().startswith(f"Removed {counts}; ")
    assert clean_up() == NOTHING


def test_it_puts_lost_work_back(alice: User, accept: Accept, silent: Path) -> None:
    accept(alice, silent)
    django_rq.get_connection("media").flushdb()
    assert clean_up("--dry-run") == NOTHING.replace("Removed", "Would remove")
    assert django_rq.get_queue("media").count == 0
    assert clean_up() == NOTHING
    assert django_rq.get_queue("media").count == 1


def test_a_recording_that_cannot_be_kept_smaller_is_status_1(
    alice: User, accept: Accept, spoken: Path, work: Callable[[], None], settings: Settings
) -> None:
    settings.KEEP_MEDIA = "sound"
    media = accept(alice, spoken).transcript.media
    work()
    storage.path(media.storage_key).write_bytes(b"no sound at all")
    result = manage("cleanup_temp", "--json", **services_here(), KEEP_MEDIA="sound")
    assert result.returncode == 1
    assert "Of 1 recordings less could not be kept" in result.stderr
    assert "Traceback" not in result.stderr
    assert json.loads(result.stdout)["failed"] == 1
