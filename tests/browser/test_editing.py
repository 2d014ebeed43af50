"""Correcting a text in a browser: typed, split, joined, taken back, checked, found and replaced, said by somebody; by
two at once; and while the rest is being made."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.people import sign_in
from tests.browser.test_reading import until
from tests.web import rows
from transcriptions.models import Rehearing, Segment, SegmentEdit, Transcription
from transcriptions.workflow import lines

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What a browser does with its event streams, and how to make it believe that nobody sees the tab.
STREAMS = """
const all = [];
const Real = EventSource;
window.EventSource = class extends Real {
  constructor(address) {
    super(address);
    all.push(this);
  }
};
window.streams = { open: () => all.filter((each) => each.readyState !== Real.CLOSED).length };
window.hide = (hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
};
"""
TEXTS = ("Good mourning.", "How are you?", "Fine thanks.")


@pytest.fixture
def entry(tab: Page, site: str) -> Transcription:
    sign_in(tab, site)
    return rows.entry(User.objects.get(), *TEXTS)


def correct(tab: Page, site: str, entry: Transcription) -> Locator:
    """The texts of the lines, which can be typed into."""
    tab.goto(f"{site}/t/{entry.pk}/")
    button = tab.locator("#editing [data-do=edit]")
    if button.inner_text() == "Edit":
        button.click()
    return tab.locator("#segments [data-text]")


def more(tab: Page, action: str) -> None:
    tab.click("#editing summary")
    tab.click(f"#editing [data-do={action}]")
    expect(tab.locator("#editing details[open]")).to_have_count(0)


def test_what_is_done_to_a_line_is_offered_once_there_is_one_and_a_phone_leaves_it_room(
    tab: Page, site: str, entry: Transcription
) -> None:
    tab.set_viewport_size({"width": 390, "height": 800})
    text = correct(tab, site, entry)
    expect(tab.locator("#tools")).to_be_hidden()
    expect(tab.locator(".toggles")).to_be_hidden()
    tab.click("[data-do=unfold]")
    expect(tab.locator(".toggles")).to_be_visible()
    expect(tab.locator(".discussion")).to_be_visible()
    text.nth(1).click()
    expect(tab.locator("#tools")).to_be_visible()
    expect(tab.locator(".toggles")).to_be_hidden()
    expect(tab.locator(".discussion")).to_be_hidden()
    expect(tab.locator("[data-do=play]")).to_be_visible()


def put_cursor(text: Locator, at: int) -> None:
    text.click()
    text.press("Home")
    for _ in range(at):
        text.press("ArrowRight")


def said(entry: Transcription) -> list[str]:
    return [line.text for line in lines.every(entry)]


def test_what_is_typed_is_saved_by_itself_and_there_after_a_reload(tab: Page, site: str, entry: Transcription) -> None:
    text = correct(tab, site, entry)
    text.first.click()
    text.first.press("End")
    text.first.press_sequentially(" Yes ")
    expect(tab.locator("#kept")).to_have_text("Saved")
    text.first.press_sequentially("indeed.")  # after a space that the site does not keep
    text.nth(1).click()
    expect(tab.locator("#kept")).to_have_text("Saved")
    tab.reload()
    expect(text).to_have_text(["Good mourning. Yes indeed.", *TEXTS[1:]])
    assert said(entry) == ["Good mourning. Yes indeed.", *TEXTS[1:]]


def test_a_line_is_split_joined_and_all_of_it_taken_back(tab: Page, site: str, entry: Transcription) -> None:
    text = correct(tab, site, entry)
    put_cursor(text.nth(1), 4)
    tab.keyboard.press("Enter")
    expect(text).to_have_text(["Good mourning.", "How", "are you?", "Fine thanks."])
    expect(text.nth(2)).to_be_focused()
    tab.keyboard.press("Backspace")
    expect(text).to_have_text(list(TEXTS))
    expect(text.nth(1)).to_be_focused()
    tab.keyboard.type("x")
    expect(text.nth(1)).to_have_text("How xare you?")
    tab.keyboard.press("Backspace")
    expect(tab.locator("#kept")).to_have_text("Saved")
    tab.keyboard.press("Control+z")
    expect(text).to_have_text(["Good mourning.", "How", "are you?", "Fine thanks."])
    tab.click("#editing [data-do=undo]")
    expect(text).to_have_text(list(TEXTS))
    expect(tab.locator("#editing [data-do=undo]")).to_be_disabled()
    tab.click("#editing [data-do=redo]")
    expect(text).to_have_count(4)
    more(tab, "changes")
    tab.keyboard.press("Escape")
    expect(tab.locator("#editing summary")).to_be_focused()
    more(tab, "changes")
    expect(tab.locator("#changes li")).to_have_count(5)
    expect(tab.locator("#changes li").last).to_contain_text("carla@example.org")
    assert said(entry) == ["Good mourning.", "How", "are you?", "Fine thanks."]


@pytest.fixture
def other(tab: Page) -> Iterator[Page]:
    page = tab.context.new_page()
    yield page
    page.close()


@pytest.mark.parametrize(("choice", "stays"), [("take", "Good morning."), ("keep", "Good evening.")])
def test_who_comes_second_chooses_whose_words_stand(
    tab: Page, other: Page, site: str, entry: Transcription, choice: str, stays: str
) -> None:
    mine, theirs = correct(tab, site, entry).first, correct(other, site, entry).first
    tab.route("**/lines/follow*", lambda route: route.abort())  # one who does not hear of the other in time
    tab.reload()
    mine.fill("Good evening.")
    theirs.fill("Good morning.")
    theirs.press("Control+Enter")
    expect(other.locator("[data-checked]")).to_have_count(1)
    mine.press("Escape")
    expect(tab.locator(".conflict q")).to_have_text("Good morning.")
    assert said(entry)[0] == "Good morning."
    tab.click(f".conflict [data-do={choice}]")
    expect(tab.locator(".conflict")).to_have_count(0)
    expect(mine).to_have_text(stays)
    expect(theirs).to_have_text(stays)  # in the other tab, which follows
    assert said(entry)[0] == stays


def test_what_has_arrived_is_corrected_while_the_rest_is_made(tab: Page, site: str) -> None:
    sign_in(tab, site)
    live = rows.under_way(User.objects.get(), "First.")
    text = correct(tab, site, live)
    text.first.click()
    text.first.press("End")
    tab.keyboard.type(" Bet")
    rows.say(live.transcript, "Second.")
    expect(text).to_have_count(2)
    tab.keyboard.type("ter.")
    text.nth(1).fill("Next.")
    text.nth(1).press("Escape")
    until(tab, lambda: said(live) == ["First. Better.", "Next."])  # "Saved" may be of what was typed before
    rows.say(live.transcript, "Third.")
    rows.finish(live.transcript)
    expect(tab.locator(".state.done")).to_be_visible()
    expect(text).to_have_text(["First. Better.", "Next.", "Third."])
    assert said(live) == ["First. Better.", "Next.", "Third."]


def test_a_tab_that_nobody_sees_holds_no_stream_and_catches_up_when_it_is_seen(tab: Page, site: str) -> None:
    sign_in(tab, site)
    live = rows.under_way(User.objects.get(), "First.")
    tab.add_init_script(STREAMS)
    text = correct(tab, site, live)
    tab.evaluate("document.querySelector('.discussion').open = true")
    until(tab, "streams.open() === 3")
    tab.evaluate("hide(true)")
    rows.say(live.transcript, "Second.")
    expect(text).to_have_count(2)
    until(tab, "streams.open() === 0")
    rows.say(live.transcript, "Third.")
    tab.evaluate("hide(false)")
    expect(text).to_have_text(["First.", "Second.", "Third."])
    assert tab.evaluate("streams.open()") == 3


def test_all_that_is_found_is_replaced_after_a_look(tab: Page, site: str, entry: Transcription) -> None:
    text = correct(tab, site, entry)
    more(tab, "replace")
    tab.fill("#replace-find", "(")
    tab.check("#replace [name=as_pattern]")
    expect(tab.locator("#replace .count")).not_to_be_empty()
    expect(tab.locator("#replace [value=all]")).to_be_disabled()
    tab.fill("#replace-find", r"(\w+)ine")
    tab.fill("#replace-put", r"\1air")
    expect(tab.locator("#replace ins")).to_have_text("Fair thanks.")
    tab.fill("#replace-find", "o")
    tab.fill("#replace-put", "0")
    expect(tab.locator("#replace .count")).to_have_text("Places: 5, in lines: 2")
    tab.click("#replace [value=all]")
    expect(text).to_have_text(["G00d m0urning.", "H0w are y0u?", "Fine thanks."])
    tab.click("#editing [data-do=undo]")
    expect(text).to_have_text(list(TEXTS))


def test_who_speaks_stands_above_the_lines_and_is_renamed_everywhere(
    tab: Page, site: str, entry: Transcription
) -> None:
    text = correct(tab, site, entry)
    names = tab.locator("#segments .speaker:visible")

    def speak(place: int, name: str, button: str = "set", *, onward: bool = False) -> None:
        text.nth(place).click()
        tab.click("#tools [data-do=menu]")
        tab.click("#line-menu [data-do=speak]")
        tab.fill("#speaker-name", name)
        if onward:
            tab.check("#speaker [value=onward]")
        tab.click(f"#speaker [value={button}]")
        expect(tab.locator("#tools [data-do=menu]")).to_be_focused()

    speak(0, "Ann", onward=True)
    expect(names).to_have_text(["Ann"])
    speak(1, "Bob")
    expect(names).to_have_text(["Ann", "Bob", "Ann"])
    colours = names.evaluate_all("all => all.map(name => getComputedStyle(name).color)")
    assert colours[0] == colours[2] != colours[1]
    speak(0, "Anna", "rename")
    expect(names).to_have_text(["Anna", "Bob", "Anna"])
    tab.reload()
    expect(names).to_have_text(["Anna", "Bob", "Anna"])
    with tab.expect_download() as started:
        tab.evaluate("location = document.querySelector('form.shape').action")
    assert "Bob: How are you?" in started.value.path().read_text()


def test_tab_goes_to_the_next_doubtful_word(tab: Page, site: str, entry: Transcription) -> None:
    for segment, doubtful in zip(Segment.objects.order_by("start_seconds"), (1, 2, 0), strict=True):
        start = segment.start_seconds
        words = [
            [start + at / 3, start + (at + 1) / 3, f" {word}", 0.1 if at == doubtful else 0.9]
            for at, word in enumerate(segment.text.split())
        ]
        Segment.objects.filter(pk=segment.pk).update(words=words)
    text = correct(tab, site, entry)
    expect(tab.locator("[data-doubtful]")).to_have_count(3)
    text.first.click()
    text.first.press("Home")
    for word in ("mourning.", "you?", "Fine"):
        tab.keyboard.press("Tab")
        until(tab, f"getSelection().toString() === '{word}'")
    tab.keyboard.press("Tab")
    expect(tab.locator("#said")).to_have_text("No doubtful word is left from here on.")
    tab.keyboard.press("Escape")
    expect(tab.locator("#tools")).to_be_focused()
    tab.keyboard.press("Tab")
    expect(tab.locator("#tools [data-do=check]")).to_be_focused()


def test_what_is_checked_is_marked_and_counted_and_a_line_goes_back(tab: Page, site: str, entry: Transcription) -> None:
    text = correct(tab, site, entry)
    text.first.fill("Good morning.")
    text.first.press("Control+Enter")
    expect(tab.locator("#checking")).to_contain_text("1 of 3 lines checked")
    expect(tab.locator("#segments .seen:visible")).to_have_count(1)
    assert SegmentEdit.objects.exclude(checked_at=None).get().text == "Good morning."
    tab.click("#tools [data-do=check]")
    expect(tab.locator("#checking")).to_be_hidden()
    tab.click("#tools [data-do=menu]")
    tab.click("#line-menu [data-do=times]")
    tab.fill("#begins", "half past")
    tab.click("#times [type=submit]")
    told = tab.eval_on_selector("#begins", "field => field.validationMessage")
    assert told == "This is no time. Write it as 1:02.50."
    tab.fill("#begins", "0:00.50")
    tab.fill("#ends", "1.5")
    tab.click("#times [type=submit]")
    expect(tab.locator("#times")).to_be_hidden()
    assert next((line.start, line.end) for line in lines.every(entry)) == (0.5, 1.5)
    tab.click("#tools [data-do=menu]")
    tab.click("#line-menu [data-do=revert]")
    expect(text).to_have_text(list(TEXTS))
    assert [line.version for line in lines.every(entry)] == [0, 0, 0]


def test_a_key_opens_the_text_where_one_is(tab: Page, site: str, entry: Transcription) -> None:
    tab.set_viewport_size({"width": 844, "height": 390})
    tab.goto(f"{site}/t/{entry.pk}/")
    tab.wait_for_selector("#controls:not([hidden])")
    tab.keyboard.press("e")
    expect(tab.locator("#segments [data-text]").first).to_be_focused()
    expect(tab.locator("#segments [data-text]").first).to_be_in_viewport()


def test_no_key_of_the_player_fires_while_one_types(tab: Page, site: str, entry: Transcription) -> None:
    text = correct(tab, site, entry)
    text.first.fill("")
    text.first.press_sequentially("k?e/ Jr")
    expect(text.first).to_have_text("k?e/ Jr")
    expect(tab.locator("dialog[open]")).to_have_count(0)
    expect(tab.locator("#editing [data-do=edit]")).to_have_text("Done")


def test_lines_are_recognised_again_compared_and_taken(tab: Page, site: str, entry: Transcription) -> None:
    text = correct(tab, site, entry)
    text.first.click()
    more(tab, "rehear")
    sheet = tab.locator("#rehear")
    expect(sheet.locator("[name=end]")).to_have_value("0:02.00")
    sheet.locator("[type=submit]").click()
    expect(sheet.locator(".count")).to_contain_text("The sound in this file is damaged")  # as a worker finds it here
    sheet.locator("[name=start]").fill("half past")
    assert sheet.locator("[name=start]").evaluate("field => field.validationMessage")
    sheet.locator("[data-do=close]").click()
    text.first.click()
    more(tab, "rehear")
    expect(sheet.locator("[name=start]")).to_have_value("0:00.00")
    assert not sheet.locator("[name=start]").evaluate("field => field.validationMessage")
    Rehearing.objects.update(state="done", segments=[[0.0, 2.0, "Good morning.", []]])
    tab.reload()
    more(tab, "rehear")
    expect(sheet.locator(".compared del")).to_have_text("mourning.")
    expect(sheet.locator(".compared ins")).to_have_text("morning.")
    sheet.locator("[data-do=take]").click()
    expect(text.first).to_have_text("Good morning.")
    assert said(entry)[0] == "Good morning."
    tab.locator("#editing [data-do=undo]").click()
    expect(text.first).to_have_text(TEXTS[0])
