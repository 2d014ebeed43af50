"""The whole site, and a real browser."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect, sync_playwright

from tests.environment import not_run

ARTIFACTS = Path(settings.BASE_DIR, "test-artifacts")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """No longer than its tests, for its event loop fills their thread."""
    with launched() as started:
        yield started


@contextmanager
def launched(*more: str) -> Iterator[Browser]:
    """Debian's chromium, kept from calling home."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        not_run("there is no chromium on this machine, so no page was opened in a browser (apt install chromium)")
    quiet = ["background-networking", "component-update", "sync", "quic", "gpu", "dev-shm-usage"]
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    arguments = [*sandbox, *(f"--disable-{name}" for name in quiet), "--no-first-run", *more]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=arguments)


@pytest.fixture
def look() -> dict[str, Any]:
    """What the browser says of its person; of Browser.new_context."""
    return {"locale": "en-US"}


@pytest.fixture
def tab(browser: Browser, site: str, look: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that reports every script error and every blocked or failed request, and leaves a picture."""
    problems: list[str] = []
    context = browser.new_context(**look)
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("console", lambda message: problems.append(message.text) if _is_problem(message) else None)
    page.on("response", lambda answer: problems.append(answer.url) if _is_wrong(answer) else None)
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    yield page
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{request.node.name}.png")
    context.close()
    assert problems == []


def _is_wrong(answer: Response) -> bool:
    is_unknown_file = answer.status == 404 and answer.url.endswith("/uploads/known/")
    return answer.status in {403, 404, 500} and not is_unknown_file


def _is_problem(message: ConsoleMessage) -> bool:
    return message.type == "error" and "Failed to load resource" not in message.text  # the responses are looked at
