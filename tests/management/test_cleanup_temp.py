"""`manage.py cleanup_temp`: for cron, one line."""

import io
import os
import re
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
from transcriptions.workflow import history

pytestmark = pytest.mark.django_db(transaction=True)


def clean_up() -> str:
    said = io.StringIO()
    call_command("cleanup_temp", stdout=said)
    return said.getvalue()


def test_with_nothing_to_do_it_says_so() -> None:
    assert clean_up() == "Removed 0 transcripts, 0 media files, 0 temporary files, 0 shard folders.\n"


def test_it_says_what_it_removed(
    alice: User, accept: Accept, silent: Path, work: Callable[[], None], settings: Settings
) -> None:
    entry = accept(alice, silent)
    work()
    history.delete(entry=entry, now=timezone.now())
    settings.CACHE_TTL_HOURS = 0
    for folder in (Path(django_settings.TEMP_DIR) / "old", Path(django_settings.STORAGE_DIR) / "shards" / "1"):
        folder.mkdir(parents=True)
        os.utime(folder, (0, 0))
    assert clean_up() == "Removed 1 transcripts, 1 media files, 1 temporary files, 1 shard folders.\n"


def test_it_puts_lost_work_back(alice: User, accept: Accept, silent: Path) -> None:
    accept(alice, silent)
    django_rq.get_connection("media").flushdb()
    assert re.match("Removed 0 ", clean_up())
    assert django_rq.get_queue("media").count == 1
