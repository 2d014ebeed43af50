"""A transcript is opened by a link, read and talked about by a guest in another browser, and closed again."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from accounts.models import User
from tests.browser.people import sign_in
from tests.workflow import edited

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE: ViewportSize = {"width": 1440, "height": 900}


def test_a_guest_reads_and_comments_until_the_link_is_revoked(tab: Page, site: str, browser: Browser) -> None:
    sign_in(tab, site)
    entry = edited.text(User.objects.get(), "Good morning.", "How are you?")
    tab.set_viewport_size(WIDE)
    tab.goto(f"{site}/t/{entry.pk}/")
    tab.click(".actions >> text=Share")
    tab.select_option("#link-level", "2")
    tab.click("button:has-text('Make a link')")
    link = tab.input_value("#made")
    assert link.startswith(f"{site}/s/")

    context = browser.new_context(locale="en-US", viewport=WIDE)
    guest = context.new_page()
    guest.goto(link)
    expect(guest.locator("#segments li").first).to_contain_text("Good morning.")
    assert guest.url == f"{site}/t/{entry.pk}/"
    guest.fill("#comment-name", "Eve")
    guest.fill("#comment-at", "0:02")
    guest.fill("#comment-text", "Who asks?")
    guest.click("#comment button[type=submit]")
    expect(guest.locator(".comments li")).to_contain_text("Eve (guest)")
    expect(guest.locator("#comment-text")).to_have_value("")

    tab.goto(f"{site}/t/{entry.pk}/")
    expect(tab.locator(".comments li")).to_contain_text("Who asks?")
    tab.click(".comments a[data-at]")
    expect(tab.locator("#segments li.aim")).to_contain_text("How are you?")
    tab.click(".comments button:has-text('Resolve')")
    expect(guest.locator(".comments li.resolved")).to_be_visible()  # told by the stream

    tab.click(".actions >> text=Share")
    tab.click("button:has-text('Revoke')")
    expect(tab.locator(".shares")).to_have_count(0)
    for address in (link, f"{site}/t/{entry.pk}/"):
        answer = guest.goto(address)
        assert answer
        assert answer.status == 404
    context.close()
