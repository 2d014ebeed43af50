"""Taking transcripts away, in a browser: as somebody wants one, and several from a list that renews itself."""

import zipfile
from pathlib import Path

import pytest
import srt
from playwright.sync_api import Page, expect

from tests.browser.people import sign_in
from tests.browser.test_journey import upload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_one_as_it_is_wanted_and_several_in_a_zip(tab: Page, site: str, spoken: Path, tmp_path: Path) -> None:
    sign_in(tab, site)
    upload(tab, spoken)
    tab.wait_for_url("**/t/**")
    expect(tab.locator(".state.done")).to_be_visible()

    tab.click("#take > summary")
    tab.click("#shape summary")
    tab.fill("input[name=words]", "1")
    with tab.expect_download() as started:
        tab.click(".shape button:text-is('srt')")
    started.value.save_as(tmp_path / "saved.srt")
    cues = list(srt.parse((tmp_path / "saved.srt").read_text()))
    assert len(cues) > 5
    assert {len(cue.content.split()) for cue in cues} == {1}

    tab.goto(site)
    tab.check(".history input[name=entry]")
    tab.click("#several summary")
    tab.select_option("#several-format", "csv")
    with tab.expect_response(lambda answer: answer.url.rstrip("/") == site):
        tab.evaluate("htmx.ajax('GET', '/', { target: '#history', swap: 'outerHTML' })")  # renewed, as after an upload
    expect(tab.locator(".history input[name=entry]")).to_be_checked()
    expect(tab.locator("#several-format")).to_have_value("csv")
    with tab.expect_download() as started:
        tab.click("#several summary")
        tab.click("#several button")
    started.value.save_as(tmp_path / "saved.zip")
    assert started.value.suggested_filename.startswith("transcripts-20")
    with zipfile.ZipFile(tmp_path / "saved.zip") as archive:
        assert archive.namelist() == ["spoken.csv"]
        assert "Good morning" in archive.read("spoken.csv").decode()
