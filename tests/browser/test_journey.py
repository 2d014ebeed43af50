"""A person's way through the site, in a browser, with real workers behind it."""

import wave
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import speech
from tests.browser.people import sign_in
from tests.people import PASSWORD
from transcriptions.models import Transcript, WorkerProcess

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_up(tab: Page, site: str, email: str = "carla@example.org") -> None:
    tab.goto(f"{site}/accounts/signup/")
    tab.fill("input[name=email]", email)
    tab.fill("input[name=password1]", PASSWORD)
    tab.fill("input[name=password2]", PASSWORD)
    tab.click("main button[type=submit]")
    tab.wait_for_url(f"{site}/")


def upload(tab: Page, *files: Path) -> None:
    tab.set_input_files("#files", list(files))
    tab.click("#upload button[type=submit]")


def test_from_sign_up_to_download(tab: Page, site: str, long_spoken: Path, tmp_path: Path) -> None:
    sign_up(tab, site)
    expect(tab.locator(".empty")).to_be_visible()
    upload(tab, long_spoken)
    tab.wait_for_url("**/t/**")
    expect(tab.locator("#segments li").first).to_contain_text("committee", ignore_case=True)
    expect(tab.locator(".state.done")).to_be_visible()
    expect(tab.locator("#segments li").last).to_contain_text("September")
    starts = [
        float(start or 0) for start in tab.locator("#segments li").evaluate_all("all => all.map(s => s.dataset.start)")
    ]
    assert starts == sorted(starts)
    with tab.expect_download() as started:
        tab.click("#take > summary")
        tab.click(".downloads >> text=srt")
    saved = tmp_path / "saved.srt"
    started.value.save_as(saved)
    assert started.value.suggested_filename == "long.srt"
    assert "1\n00:00:0" in saved.read_text()
    tab.goto(site)
    expect(tab.locator(".history .done")).to_have_count(1)


def test_the_form_says_how_long_the_chosen_file_will_take(
    tab: Page, site: str, long_spoken: Path, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.mp3"
    letter.write_text("Dear Madam,\n" * 100)
    sign_in(tab, site)
    tab.set_input_files("#files", [long_spoken])
    expect(tab.locator("#forecast")).to_contain_text("Done in")
    tab.set_input_files("#files", [long_spoken, letter])
    expect(tab.locator("#forecast")).to_be_empty()


def test_a_reload_and_a_lost_connection_lose_and_double_nothing(tab: Page, site: str, long_spoken: Path) -> None:
    sign_in(tab, site)
    upload(tab, long_spoken)
    tab.wait_for_selector("#segments li")
    tab.reload()
    tab.context.set_offline(True)
    tab.wait_for_timeout(1500)
    tab.context.set_offline(False)
    expect(tab.locator(".state.done")).to_be_visible()
    identities = tab.locator("#segments li").evaluate_all("all => all.map(s => s.id)")
    assert len(identities) == len(set(identities)) == Transcript.objects.get().segments.count()


def test_several_files_each_get_an_answer(tab: Page, site: str, spoken: Path, silent: Path, tmp_path: Path) -> None:
    letter, empty = tmp_path / "letter.mp3", tmp_path / "empty.mp3"
    letter.write_text("Dear Madam,\n" * 100)
    empty.touch()
    playlist = tmp_path / "list.mp3"
    playlist.write_text("#EXTM3U\n" + "/etc/passwd\n" * 2_500_000)  # 30 MB: refused while it is still being sent
    sign_in(tab, site)
    upload(tab, spoken, silent, letter, empty, playlist)
    refusals = ["a text or a document", "is empty", "a playlist"]
    expect(tab.locator("#uploads .note.refused")).to_contain_text(refusals)
    expect(tab.locator(".history .done")).to_have_count(2)
    expect(tab.locator(".history")).to_contain_text("No speech was found")
    assert WorkerProcess.objects.get(kind="speech").model_loads == 1


def test_cancel_try_again_and_delete(tab: Page, site: str, long_spoken: Path, tmp_path: Path) -> None:
    with wave.open(str(long_spoken)) as file:
        pcm = file.readframes(file.getnframes())
    sign_in(tab, site)
    upload(tab, speech.write_wav(tmp_path / "longer.wav", pcm * 2))  # there must be time to cancel it
    tab.wait_for_selector("#segments li")
    tab.click("text=Cancel")
    expect(tab.locator(".state.cancelled")).to_be_visible()
    tab.click("text=Try again")
    expect(tab.locator(".state.done")).to_be_visible()
    tab.click("#more > summary")
    tab.click("#delete summary")
    tab.click("button.danger")
    tab.wait_for_url(f"{site}/")
    expect(tab.locator(".empty")).to_be_visible()


def test_it_works_without_scripts(site: str, browser: Browser, spoken: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    sign_in(tab, site)
    upload(tab, spoken)
    tab.wait_for_url("**/t/**")
    for _ in range(40):
        if tab.locator(".state.done").count():
            break
        tab.wait_for_timeout(500)
        tab.reload()
    expect(tab.locator("#segments")).to_contain_text("report")
    context.close()


def test_it_speaks_portuguese(tab: Page, site: str) -> None:
    sign_in(tab, site)
    tab.click("button[value='pt-br']")
    expect(tab.locator("h1")).to_have_text("Suas transcrições")
    expect(tab.locator("html")).to_have_attribute("lang", "pt-br")


def test_no_page_scrolls_sideways(tab: Page, site: str) -> None:
    sign_in(tab, site)
    for width in (390, 1440):
        tab.set_viewport_size({"width": width, "height": 844})
        for path in ("/", "/accounts/2fa/", "/accounts/password/change/"):
            tab.goto(site + path)
            assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path, width)
