"""Lines of the log: one event each, JSON for programs; with what they are about, without what is people's own."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

from tests.management.commands import environment
from transcribe_site.logs import NOWHERE, route

RESET = "accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"
SAY = """
import logging, warnings
import django
django.setup()
import structlog
from structlog.contextvars import bound_contextvars
with bound_contextvars(request_id="abc", transcript=7):
    structlog.get_logger("ours").info("stage", stage="prepare", seconds=1.5)
    for name in ("rq.worker", "uvicorn.error", "transcriptions.workflow"):
        logging.getLogger(name).warning("Of %s\\nand more", name)
    logging.getLogger("django.request").warning("Not Found: %s", "/t/secret/")
    path = "/accounts/password/reset/key/1-secret/"
    logging.getLogger("django.request").error("%s: %s", "Internal Server Error", path)
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger("ours").exception("It went wrong.")
    logging.getLogger("ours").debug("not said")
"""


def said(**changes: str) -> list[str]:
    given = environment(DJANGO_SETTINGS_MODULE="transcribe_site.settings", **changes)
    ended = subprocess.run(
        [sys.executable, "-c", SAY], env=given, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    return ended.stderr.splitlines()


def test_every_line_is_one_event_of_whichever_logger() -> None:
    events = [json.loads(line) for line in said()]
    assert [(event["logger"], event["event"], event["level"]) for event in events] == [
        ("ours", "stage", "info"),
        ("rq.worker", "Of rq.worker\nand more", "warning"),
        ("uvicorn.error", "Of uvicorn.error\nand more", "warning"),
        ("transcriptions.workflow", "Of transcriptions.workflow\nand more", "warning"),
        ("django.request", f"Internal Server Error: {RESET}", "error"),
        ("ours", "It went wrong.", "error"),
    ]
    assert (events[0]["stage"], events[0]["seconds"]) == ("prepare", 1.5)
    assert all((event["request_id"], event["transcript"]) == ("abc", 7) for event in events)
    assert "ZeroDivisionError" in events[-1]["exception"]


def test_no_path_with_a_token_in_it_is_written() -> None:
    assert "secret" not in "".join(said())


def test_people_get_text() -> None:
    lines = said(LOG_FORMAT="text")
    assert "stage" in lines[0]
    assert "request_id=abc" in lines[0]
    assert not lines[0].startswith("{")


@pytest.mark.parametrize(
    ("path", "pattern"),
    [("/", "/"), ("/nowhere/else", NOWHERE), ("/t/0b0f1d0e-7a76-4c3f-9e1f-4d4cf1f5f1a2/", "t/<uuid:entry_id>/")],
)
def test_an_address_is_told_by_its_pattern(path: str, pattern: str) -> None:
    assert route(path) == pattern


def test_a_format_nobody_knows_is_refused() -> None:
    given = environment(LOG_FORMAT="xml")
    words = [sys.executable, f"{settings.BASE_DIR}/manage.py", "check"]
    ended = subprocess.run(words, env=given, capture_output=True, text=True, check=False)
    assert "LOG_FORMAT is text or json, not 'xml'." in ended.stderr
