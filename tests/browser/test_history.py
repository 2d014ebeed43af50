"""The history in a browser: several checked and deleted, taken back; what was said found, and its moment opened."""

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from tests.browser.people import sign_in
from tests.web import rows
from transcriptions.workflow import passages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_several_are_deleted_and_taken_back(tab: Page, site: str) -> None:
    sign_in(tab, site)
    rows.entries(User.objects.get(), ["One", "Two", "Three"])
    tab.goto(site)
    delete = tab.get_by_role("button", name="Delete", exact=True)
    expect(delete).to_be_hidden()
    tab.get_by_label("Choose One").check()
    tab.get_by_label("Choose Three").check()
    delete.click()
    expect(tab.locator(".history .title")).to_have_text(["Two"])
    expect(tab.locator("#history-said")).to_be_focused()
    expect(tab.locator(".undo")).to_contain_text("2 transcripts were deleted.")
    tab.get_by_role("button", name="Undo").click()
    expect(tab.locator(".history .title")).to_have_count(3)
    expect(tab.get_by_role("button", name="Undo")).to_have_count(0)
    expect(tab.locator("#history-said")).to_have_text("They are back.")


def test_a_lost_connection_is_said_until_it_is_back(browser: Browser, site: str) -> None:
    context = browser.new_context(locale="en-US")  # its console tells of the errors that are made here
    tab = context.new_page()
    sign_in(tab, site)
    rows.entries(User.objects.get(), ["One"])
    tab.goto(site)
    tab.get_by_label("Choose One").check()
    context.set_offline(True)
    archive = tab.get_by_role("button", name="Archive", exact=True)
    archive.click()
    expect(tab.locator("#history-said")).to_contain_text("The connection is lost.")
    context.set_offline(False)
    archive.click()
    expect(tab.locator("#history-said")).to_contain_text("1 transcript was put into the archive.")
    expect(tab.locator("#history-said")).not_to_contain_text("lost")
    assert User.objects.get().transcriptions.get().is_archived
    context.close()


def test_a_title_is_changed_where_it_stands_and_the_rest_stays(tab: Page, site: str) -> None:
    sign_in(tab, site)
    rows.entries(User.objects.get(), ["First", "Second"])
    tab.goto(site)
    tab.get_by_label("Choose Second").check()
    row = tab.locator(".history > li").filter(has_text="First")
    row.locator("summary").click()
    row.get_by_label("Title").fill("Board meeting")
    row.get_by_label("Tags").fill("work")
    row.get_by_role("button", name="Save").click()
    expect(tab.locator(".history .title").last).to_have_text("Board meeting")
    expect(tab.locator(".history .tags")).to_contain_text("work")
    expect(tab.locator(".edit summary").last).to_be_focused()
    expect(tab.get_by_label("Choose Second")).to_be_checked()


def test_search_leads_to_the_moment(tab: Page, site: str) -> None:
    sign_in(tab, site)
    entry = rows.entry(User.objects.get(), "Good morning.", "O coração da reunião.", language="pt")
    passages.index(entry.transcript.shards.get().pk)
    tab.goto(f"{site}/search/")
    tab.get_by_label("Search what was said").fill("coracao")
    expect(tab.locator(".lines mark")).to_have_text("coração")
    tab.locator(".lines a").click()
    tab.wait_for_url(f"{site}/t/{entry.pk}/#t=2.0")
    expect(tab.locator("#segments")).to_contain_text("coração")
