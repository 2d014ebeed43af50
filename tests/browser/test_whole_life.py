"""A person's whole life with a recording, as different people see it: from signing up to deleting it."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_editing import put_cursor
from tests.browser.test_journey import sign_up, upload
from transcriptions.engine.formats import FORMATS
from transcriptions.models import Transcription

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
DOWNLOAD = {"en-US": "Download", "pt-BR": "Baixar"}
EVERY = [(locale, size, scheme) for locale in DOWNLOAD for size in (WIDE, NARROW) for scheme in ("light", "dark")]
# Each of the ways to look at it once; WHOLE_LIFE=every has all of them together.
LOOKS = EVERY if os.environ.get("WHOLE_LIFE") == "every" else [EVERY[0], EVERY[-1]]


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]['width']}-{look[2]}")
def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    locale, viewport, color_scheme = request.param
    return {"locale": locale, "viewport": viewport, "color_scheme": color_scheme}


def test_from_signing_up_to_deleting(
    tab: Page, site: str, browser: Browser, look: dict[str, Any], long_spoken: Path, tmp_path: Path
) -> None:
    sign_up(tab, site)
    upload(tab, long_spoken)
    tab.wait_for_url("**/t/**")
    expect(tab.locator("html")).to_have_attribute("lang", {"en-US": "en", "pt-BR": "pt-br"}[look["locale"]])
    text = tab.locator("#segments [data-text]")
    expect(text.first).to_contain_text("committee", ignore_case=True)  # while the rest is made

    tab.click("#editing [data-do=edit]")
    put_cursor(text.first, 0)
    tab.keyboard.type("Minutes. ")
    text.first.press("Escape")
    expect(tab.locator("#kept")).not_to_be_empty()
    expect(tab.locator(".state.done")).to_be_visible()
    expect(text.first).to_contain_text("Minutes.")
    expect(text.last).to_contain_text("September")

    meet_oneself_in_another_tab(tab)
    tab.click("#editing [data-do=edit]")
    hear(tab)
    entry = Transcription.objects.get()
    find(tab, site, entry)
    show_somebody(tab, browser, look)
    take_away(tab, look, tmp_path)

    tab.click("#more > summary")
    tab.click("#delete summary")
    tab.click("#delete button")
    tab.wait_for_url(f"{site}/")
    expect(tab.locator(".history li")).to_have_count(0)
    expect(tab.locator("form.undo")).to_be_visible()


def meet_oneself_in_another_tab(tab: Page) -> None:
    other = tab.context.new_page()
    other.goto(tab.url)
    tab.route("**/lines/follow*", lambda route: route.abort())  # does not hear of the other in time
    tab.reload()
    mine, theirs = (page.locator("#segments [data-text]").nth(1) for page in (tab, other))
    mine.fill("Mine.")
    theirs.fill("Theirs.")
    theirs.press("Control+Enter")
    expect(other.locator("[data-checked]")).to_have_count(1)
    mine.press("Escape")
    expect(tab.locator(".conflict q")).to_have_text("Theirs.")
    tab.click(".conflict [data-do=keep]")
    expect(theirs).to_have_text("Mine.")
    tab.unroute("**/lines/follow*")
    other.close()


def hear(tab: Page) -> None:
    tab.click("#controls [data-do=play]")
    expect(tab.locator("#segments .lit").first).to_be_visible()
    tab.click("#controls [data-do=play]")


def find(tab: Page, site: str, entry: Transcription) -> None:
    tab.goto(f"{site}/search/?q=architect")
    expect(tab.locator(".found mark").first).to_have_text("architect", ignore_case=True)
    tab.click(".found .lines a")
    tab.wait_for_url(f"**/t/{entry.pk}/**")
    expect(tab.locator("#segments li.aim, #segments li.lit").first).to_contain_text("architect", ignore_case=True)


def show_somebody(tab: Page, browser: Browser, look: dict[str, Any]) -> None:
    page = tab.url.partition("#")[0].partition("?")[0]
    tab.goto(f"{page}sharing")
    tab.click("form:has(#link-level) button[type=submit]")
    context = browser.new_context(**look)
    guest = context.new_page()
    guest.goto(tab.input_value("#made"))
    expect(guest.locator("#segments [data-text]").first).to_contain_text("Minutes.")
    expect(guest.locator("#editing")).to_have_count(0)
    context.close()
    tab.goto(page)


def take_away(tab: Page, look: dict[str, Any], folder: Path) -> None:
    expect(tab.locator("#take > summary")).to_have_text(DOWNLOAD[look["locale"]])
    tab.click("#take > summary")
    for format_name in FORMATS:
        with tab.expect_download() as started:
            tab.click(f".downloads a:text-is('{format_name}')")
        saved = folder / started.value.suggested_filename
        started.value.save_as(saved)
        assert saved.suffix == f".{format_name}"
        assert saved.stat().st_size > 100
