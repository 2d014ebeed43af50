"""Loaded by pytest before Django: a data folder of its own, and the embedded services while the tests run.

Each of the processes that share the tests among them has its own of both.
"""

import os
import shutil
import tempfile
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn

import pytest

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="transcribe-tests-")
os.environ["SECRET_KEY"] = "only for tests"
os.environ["SITE_URL"] = "http://testserver"
os.environ["WHISPER_MODEL"] = "tiny.en"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in the tests' thread
os.environ["SIGNUP_OPEN"] = "true"

_services: list[AbstractContextManager[None]] = []


def not_run(reason: str) -> NoReturn:
    """Skip the test, and say so at the very end of the run, where nobody can miss it."""
    pytest.skip(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    from transcribe_site import embedded

    services = embedded.services()
    services.__enter__()
    _services.append(services)


def pytest_unconfigure() -> None:
    while _services:
        _services.pop().__exit__(None, None, None)
        shutil.rmtree(Path(os.environ["DATA_DIR"]), ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", []))
    for reason, count in sorted(skipped.items()):
        said = f"NOT RUN: {count} tests: {reason.removeprefix('Skipped: ')}"
        terminalreporter.write_sep("!", said, red=True, bold=True)
