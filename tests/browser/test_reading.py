"""Reading and hearing a transcript: its words, its keys, a long one by pages, one that is just being made."""

import time
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from tests.browser.people import sign_in
from tests.browser.test_journey import upload
from tests.web import rows
from transcriptions import storage
from transcriptions.models import Segment, Transcript, Transcription
from transcriptions.workflow import pages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SECONDS = 600
NOW = "document.querySelector('#player audio').currentTime"


@pytest.fixture
def entry(tab: Page, site: str, tmp_path: Path) -> Transcription:
    """Ten minutes of silence to which three hours of text belong, of 4 s and eight words a segment."""
    sign_in(tab, site)
    made = rows.entry(User.objects.get())
    with wave.open(str(tmp_path / "silence.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 8000 * SECONDS))
    key = made.transcript.media.storage_key
    storage.delete(key)
    storage.write(key, (tmp_path / "silence.wav").read_bytes())
    Transcript.objects.filter(pk=made.transcript_id).update(duration_seconds=SECONDS)
    shard = made.transcript.shards.get()
    made.transcript.shards.update(peaks=bytes([9, 200] * SECONDS * 5))
    Segment.objects.bulk_create(_segment(shard.pk, made.transcript_id, number) for number in range(2700))
    return made


def _segment(shard: int, transcript: int, number: int) -> Segment:
    start = 4.0 * number
    words = [[start + i / 2, start + (i + 1) / 2, f" {word}", 0.9] for i, word in enumerate(_words(number))]
    measured = {"avg_logprob": -0.1, "no_speech_prob": 0.0, "compression_ratio": 1.0, "temperature": 0.0}
    return Segment(
        transcript_id=transcript,
        shard_id=shard,
        position=number,
        start_seconds=start,
        end_seconds=start + 4,
        text=" ".join(_words(number)),
        words=words,
        revision=1,
        **measured,
    )


def _words(number: int) -> list[str]:
    return [f"w{number}.{index}" for index in range(8)]


def until(tab: Page, condition: str | Callable[[], bool]) -> None:
    """As wait_for_function, which the pages' policy forbids: it evaluates a text in the page. Or until what is not of
    the page is so."""
    deadline = time.monotonic() + 20
    while not (tab.evaluate(condition) if isinstance(condition, str) else condition()):
        assert time.monotonic() < deadline, f"{condition} on {tab.title()!r}: {tab.inner_text('main')[:300]}"
        tab.wait_for_timeout(20)


def open_entry(tab: Page, site: str, entry: Transcription, moment: str = "") -> None:
    tab.goto("about:blank")
    tab.goto(f"{site}/t/{entry.pk}/{moment}")
    tab.wait_for_selector("#controls:not([hidden])")
    until(tab, "document.querySelector('#player audio').readyState > 0")


def test_a_click_on_a_word_goes_there_and_lights_it(tab: Page, site: str, entry: Transcription) -> None:
    open_entry(tab, site, entry)
    tab.click("text=w3.4")
    expect(tab.locator(".lit")).to_have_text("w3.4")
    assert tab.evaluate(NOW) == pytest.approx(14, abs=0.01)
    expect(tab.locator("#now")).to_have_text("0:14")
    tab.evaluate("document.querySelector('#player audio').muted = true")
    tab.click("[data-do=play]")
    expect(tab.locator(".lit")).to_have_text("w3.6")  # in a second
    tab.click("[data-do=play]")
    expect(tab.locator("#controls.drawn .waveform")).to_be_visible()
    assert tab.locator("#wave > div").evaluate("host => getComputedStyle(host).userSelect") == "none"  # its own style


def test_an_address_with_a_moment_opens_there(tab: Page, site: str, entry: Transcription) -> None:
    open_entry(tab, site, entry, "#t=481.2")
    expect(tab.locator(".aim")).to_contain_text("w120.0")
    expect(tab.locator(".aim")).to_be_in_viewport()
    assert tab.evaluate(NOW) == pytest.approx(481.2, abs=0.01)
    tab.evaluate("location.hash = '#t=40'")
    expect(tab.locator(".aim")).to_contain_text("w10.0")
    assert tab.evaluate(NOW) == pytest.approx(40, abs=0.01)


def test_the_place_is_remembered(tab: Page, site: str, entry: Transcription) -> None:
    open_entry(tab, site, entry)
    tab.click("text=w20.0")
    expect(tab.locator(".lit")).to_have_text("w20.0")
    open_entry(tab, site, entry)
    until(tab, f"Math.abs({NOW} - 80) < 0.2")
    expect(tab.locator(".now")).to_contain_text("w20.0")


def test_all_of_it_goes_by_keys_and_the_sheet_tells_them(tab: Page, site: str, entry: Transcription) -> None:
    open_entry(tab, site, entry)
    tab.keyboard.press("?")
    expect(tab.locator("dialog#keys")).to_be_visible()
    expect(tab.locator("[data-keys=play]")).to_contain_text("K")
    tab.keyboard.press("Escape")
    expect(tab.locator("dialog#keys")).to_be_hidden()
    for key, seconds in (
        ("l", 4),
        ("l", 8),
        ("ArrowRight", 13),
        ("ArrowRight", 18),
        ("j", 16),
        ("j", 12),
        (".", 12.5),
        (",", 12),
    ):
        tab.keyboard.press(key)
        until(tab, f"Math.abs({NOW} - {seconds}) < 0.05")
    for _ in range(30):
        tab.keyboard.press("+")
    expect(tab.locator("#speed")).to_have_text("3×")
    assert tab.evaluate("document.querySelector('#player audio').preservesPitch")
    tab.keyboard.press("0")
    expect(tab.locator("#speed")).to_have_text("1×")
    tab.keyboard.press("/")
    tab.keyboard.type("jk?")
    expect(tab.locator("#find")).to_have_value("jk?")
    expect(tab.locator("dialog#keys")).to_be_hidden()


def test_otranscribes_keys_are_a_set_of_their_own_and_remembered(tab: Page, site: str, entry: Transcription) -> None:
    open_entry(tab, site, entry)
    tab.click("[data-do=sheet]")
    tab.select_option("#preset", "otranscribe")
    expect(tab.locator("[data-keys=play]")).to_have_text("Esc")
    tab.click("dialog#keys button")
    open_entry(tab, site, entry)
    tab.focus("#find")
    tab.keyboard.press("F2")
    until(tab, f"Math.abs({NOW} - 5) < 0.05")
    tab.keyboard.press("k")
    expect(tab.locator("#find")).to_have_value("k")


def test_a_long_text_is_there_where_it_is_looked_at_and_nowhere_else(
    tab: Page, site: str, entry: Transcription
) -> None:
    open_entry(tab, site, entry)
    assert tab.locator("#segments ol").count() == len(pages.of(entry)) == 90
    for _ in range(3):
        tab.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        tab.wait_for_timeout(500)
    expect(tab.locator("#segments li").last).to_contain_text("w2699.7")
    expect(tab.locator("#segments li").last).to_be_in_viewport()
    assert tab.locator("#segments li").count() < 600
    tab.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    until(
        tab,
        "[...document.querySelectorAll('#segments li')].some(li => li.checkVisibility() && "
        "li.getBoundingClientRect().top > 0 && li.getBoundingClientRect().top < innerHeight)",
    )
    starts = tab.locator("#segments li").evaluate_all("all => all.map(s => Number(s.dataset.start))")
    assert starts == sorted(set(starts))


def test_what_is_found_by_the_server_is_gone_to(tab: Page, site: str, entry: Transcription) -> None:
    open_entry(tab, site, entry)
    tab.fill("#find", "W2500.3")
    expect(tab.locator("#found mark")).to_have_text("w2500.3")
    tab.click("#found a")
    expect(tab.locator(".aim")).to_contain_text("w2500.0")
    expect(tab.locator(".aim")).to_be_in_viewport()
    expect(tab.locator(".aim .moment")).to_be_focused()
    expect(tab.locator("#found")).to_be_hidden()
    tab.focus("#find")
    expect(tab.locator("#found")).to_be_visible()
    tab.focus("#found a")
    tab.keyboard.press("Escape")
    expect(tab.locator("#found")).to_be_hidden()
    expect(tab.locator("#find")).to_be_focused()


def test_the_text_follows_until_the_reader_scrolls_away(tab: Page, site: str, entry: Transcription) -> None:
    open_entry(tab, site, entry, "#t=300")
    tab.evaluate("document.querySelector('#player audio').muted = true")
    tab.keyboard.press("k")
    expect(tab.locator("[data-do=follow]")).to_have_attribute("aria-pressed", "true")
    tab.wait_for_timeout(1200)
    tab.mouse.move(300, 300)
    tab.mouse.wheel(0, 5000)
    expect(tab.locator("[data-do=follow]")).to_have_attribute("aria-pressed", "false")
    expect(tab.locator(".now")).not_to_be_in_viewport()
    tab.click("[data-do=follow]")
    expect(tab.locator(".now")).to_be_in_viewport()
    tab.keyboard.press("k")


def test_a_sentence_is_looped(tab: Page, site: str, entry: Transcription) -> None:
    open_entry(tab, site, entry, "#t=8.1")
    tab.evaluate("document.querySelector('#player audio').muted = true")
    tab.keyboard.press("r")
    expect(tab.locator("[data-do=loop]")).to_have_attribute("aria-pressed", "true")
    tab.evaluate(f"{NOW} = 11.8")
    tab.keyboard.press("k")
    until(tab, f"{NOW} > 8 && {NOW} < 9")
    tab.keyboard.press("r")
    expect(tab.locator("[data-do=loop]")).to_have_attribute("aria-pressed", "false")


def test_silence_is_skipped(tab: Page, site: str, entry: Transcription) -> None:
    entry.transcript.shards.update(peaks=bytes([200] * 20 + [0] * 300 + [200] * 5680))
    open_entry(tab, site, entry)
    tab.evaluate("document.querySelector('#player audio').muted = true")
    tab.wait_for_selector("#controls.drawn")
    tab.keyboard.press("s")
    tab.keyboard.press("k")
    until(tab, f"{NOW} > 31")
    assert tab.evaluate(NOW) < 40


def test_all_of_it_is_printed(tab: Page, site: str, entry: Transcription) -> None:
    Transcript.objects.update(first_segment_at=timezone.now())
    open_entry(tab, site, entry)
    tab.evaluate("window.print = () => (window.printed = document.querySelectorAll('#segments li').length)")
    tab.keyboard.press("Control+p")
    until(tab, "window.printed === 2700")
    tab.evaluate("window.dispatchEvent(new Event('afterprint'))")
    until(tab, "document.querySelectorAll('#segments li').length < 1000")
    tab.evaluate("window.printed = 0")
    tab.click("#take > summary")
    tab.click("[data-do=print]")
    until(tab, "window.printed === 2700")


def under_way(tab: Page, site: str) -> Transcription:
    sign_in(tab, site)
    live = rows.under_way(User.objects.get(), "First.")
    tab.goto(f"{site}/t/{live.pk}/")
    expect(tab.locator("#segments li")).to_have_count(1)
    return live


def test_segments_arrive_in_their_pages_while_they_are_made(tab: Page, site: str) -> None:
    live = under_way(tab, site)
    for text in ("Second.", "Third."):
        rows.say(live.transcript, text)
    expect(tab.locator("#segments li p")).to_have_text(["First.", "Second.", "Third."])
    until(tab, "document.title.startsWith('10 %')")
    rows.finish(live.transcript)
    expect(tab.locator(".state.done")).to_be_visible()
    until(tab, "document.title.startsWith('Talk')")


def test_the_star_leaves_the_recording_playing(tab: Page, site: str, entry: Transcription) -> None:
    open_entry(tab, site, entry)
    tab.click("[data-do=play]")
    until(tab, f"{NOW} > 0")
    star = tab.get_by_role("button", name="Favourite")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    assert tab.evaluate("!document.querySelector('#player audio').paused")
    entry.refresh_from_db()
    assert entry.is_favourite


def answered_late(route: Route) -> None:
    """So that the page hears of what was done from its stream first."""
    answer = route.fetch(max_redirects=0)
    time.sleep(1)
    route.fulfill(response=answer)


def test_what_is_deleted_while_it_is_made_leads_to_the_way_back(tab: Page, site: str) -> None:
    under_way(tab, site)
    tab.route("**/delete", answered_late)
    tab.click("#more > summary")
    tab.click("#delete summary")
    tab.click("#delete button")
    tab.wait_for_url(f"{site}/")
    expect(tab.get_by_role("button", name="Undo")).to_be_visible()


def test_what_is_written_about_it_stays_while_more_arrives(tab: Page, site: str) -> None:
    live = under_way(tab, site)
    tab.click("#more > summary")
    tab.click("#describe summary")
    tab.get_by_label("Notes").fill("Ask Ann about")
    tab.locator("h1").click()
    rows.say(live.transcript, "Second.")
    expect(tab.locator("#segments li")).to_have_count(2)
    tab.click("#more > summary")
    expect(tab.get_by_label("Notes")).to_have_value("Ask Ann about")
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator(".status .notes")).to_have_text("Ask Ann about")
    tab.focus("#take > summary")
    rows.say(live.transcript, "Third.")
    until(tab, "document.title.startsWith('10 %')")
    expect(tab.locator("#take > summary")).to_be_focused()


def test_nothing_is_cut_off_on_a_phone(tab: Page, site: str, entry: Transcription) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    open_entry(tab, site, entry)
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(tab.locator(".dock")).to_be_in_viewport(ratio=0.99)
    expect(tab.locator("#segments li").first).to_be_in_viewport()


def test_a_recording_gets_its_waveform_while_it_is_prepared(tab: Page, site: str, long_spoken: Path) -> None:
    sign_in(tab, site)
    upload(tab, long_spoken)
    tab.wait_for_url("**/t/**")
    expect(tab.locator(".state.done")).to_be_visible()
    transcript = Transcript.objects.get()
    length = sum(len(shard.peaks) for shard in transcript.shards.all())
    assert length == pytest.approx(10 * (transcript.duration_seconds or 0), abs=transcript.shards.count() + 1)
    expect(tab.locator("#controls.drawn")).to_be_visible()
