"""Loaded by pytest before Django: a data folder of its own, and the embedded services while the tests run."""

import os
import shutil
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="transcribe-tests-")
os.environ["SECRET_KEY"] = "only for tests"
os.environ["SITE_URL"] = "http://testserver"
os.environ["WHISPER_MODEL"] = "tiny.en"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in the tests' thread
os.environ["SIGNUP_OPEN"] = "true"

_services: list[AbstractContextManager[None]] = []
_not_run: set[str] = set()


def not_run(reason: str) -> None:
    """Skip the test, and say so at the very end of the run, where nobody can miss it."""
    _not_run.add(reason)
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
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for reason in sorted(_not_run):
        count = sum(reason in skip for skip in skipped)
        terminalreporter.write_sep("!", f"NOT RUN: {count} tests: {reason}", red=True, bold=True)
