"""Recording in the browser, with a microphone that says what a file says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import launched
from tests.browser.people import sign_in
from transcriptions.models import Transcript, Transcription

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser(long_spoken: Path) -> Iterator[Browser]:
    microphone = ["fake-ui-for-media-stream", "fake-device-for-media-stream"]
    file = f"--use-file-for-fake-audio-capture={long_spoken}%noloop"
    with launched(*(f"--use-{name}" for name in microphone), file) as started:
        yield started


def test_words_appear_while_somebody_speaks_and_stop_opens_the_recording(tab: Page, site: str) -> None:
    sign_in(tab, site)
    tab.goto(f"{site}/record/")
    tab.select_option("#language", "en")
    tab.click("[data-do=start]")
    expect(tab.locator("#segments")).to_contain_text("committee", ignore_case=True, timeout=30_000)
    assert Transcript.objects.get().state == Transcript.State.PREPARING
    tab.click("[data-do=pause]")
    expect(tab.locator("#record-status")).to_have_text("Paused.")
    tab.click("[data-do=pause]")
    tab.click("[data-do=stop]")
    tab.wait_for_url("**/t/**")
    expect(tab.locator("h1")).to_contain_text("Recording 20")
    expect(tab.locator(".state.done")).to_be_visible()
    entry = Transcription.objects.get()
    assert entry.transcript.options["live"]
    assert entry.transcript.media.storage_key
    it_can_be_heard_from_any_place(tab)
    tab.goto(f"{site}/record/")
    expect(tab.locator("#unsent li")).to_have_count(0)


def it_can_be_heard_from_any_place(tab: Page) -> None:
    """What browsers record does not say how long it is: another form of it is made for the player."""
    expect(tab.locator("#controls.drawn")).to_be_visible()
    expect(tab.locator("#length")).not_to_be_empty()
    tab.locator("#segments span[data-start]").last.click()
    there = tab.evaluate("document.querySelector('#player audio').currentTime")
    assert 1 < there < tab.evaluate("document.querySelector('#player audio').duration")
    tab.click("[data-do=play]")
    expect(tab.locator("#segments .lit")).to_be_visible()


def test_without_a_network_it_goes_on_and_is_sent_when_the_page_is_opened_again(tab: Page, site: str) -> None:
    sign_in(tab, site)
    tab.goto(f"{site}/record/")
    tab.click("[data-do=start]")
    expect(tab.locator("#clock")).to_have_text("00:00:02")
    tab.context.set_offline(True)
    expect(tab.locator("#record-status")).to_contain_text("everything is kept in this browser")
    expect(tab.locator("#clock")).to_have_text("00:00:08")
    tab.once("dialog", lambda dialog: dialog.accept())
    tab.goto("about:blank")
    tab.context.set_offline(False)
    tab.goto(f"{site}/record/")
    expect(tab.locator("#unsent a")).to_contain_text("Recording 20")
    tab.click("#unsent a")
    expect(tab.locator(".state.done")).to_be_visible()
    assert 5 < (Transcript.objects.get().duration_seconds or 0) < 12
