"""The list of files to send, in a browser: cut connections, pauses, pages left and come back to, known files."""

import shutil
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, Request, expect

from tests import speech
from tests.browser.people import sign_in
from tests.browser.test_journey import upload
from transcriptions.models import Media, Transcription, Upload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SLOW = 1024**2  # bytes a second: time to do something meanwhile


@pytest.fixture(scope="module")
def surroundings() -> dict[str, str]:
    return {"UPLOAD_CHUNK_BYTES": str(512 * 1024)}


@pytest.fixture
def large(long_spoken: Path, tmp_path: Path) -> Path:
    """About four megabytes of speech."""
    with wave.open(str(long_spoken)) as file:
        pcm = file.readframes(file.getnframes())
    return speech.write_wav(tmp_path / "large.wav", pcm * 3)


@pytest.fixture
def parts(tab: Page) -> list[Request]:
    """The parts that the browser sends."""
    sent: list[Request] = []
    tab.on("request", lambda request: sent.append(request) if request.method == "PATCH" else None)
    return sent


def offsets(parts: list[Request]) -> list[int]:
    return [int(part.headers["upload-offset"]) for part in parts]


@pytest.fixture
def speed(tab: Page) -> Callable[[int], None]:
    """Set how many bytes a second go out; 0 is no connection at all, -1 no limit."""
    network = tab.context.new_cdp_session(tab)

    def be(rate: int) -> None:
        conditions = {"offline": rate == 0, "latency": 0, "downloadThroughput": -1, "uploadThroughput": rate or -1}
        network.send("Network.emulateNetworkConditions", conditions)

    return be


def line(state: str) -> str:
    return f'#uploads li[data-state="{state}"]'


def press(tab: Page, button: str) -> None:
    tab.locator(f'#uploads [data-do="{button}"]:visible').first.click()


def test_a_cut_connection_is_gone_on_with_where_it_was(
    tab: Page, site: str, large: Path, parts: list[Request], speed: Callable[[int], None]
) -> None:
    sign_in(tab, site)
    speed(SLOW)
    upload(tab, large)
    expect(tab.locator(line("sending"))).to_contain_text("left")
    speed(0)
    expect(tab.locator(line("broken"))).to_contain_text("goes on by itself")
    before = len(parts)
    speed(-1)
    tab.wait_for_url("**/t/**")
    assert offsets(parts[before:])[0] > 0
    assert Media.objects.get().size_bytes == large.stat().st_size


def test_files_are_sent_side_by_side_and_wait_in_the_order_one_gives_them(
    tab: Page, site: str, large: Path, spoken: Path, silent: Path, tmp_path: Path, speed: Callable[[int], None]
) -> None:
    other = Path(shutil.copy(large, tmp_path / "other.wav"))
    with other.open("ab") as file:
        file.write(bytes(1000))
    sign_in(tab, site)
    speed(SLOW)
    upload(tab, large, other, spoken, silent)
    expect(tab.locator(line("sending"))).to_have_count(2)
    waiting = tab.locator(line("waiting"))
    expect(waiting.locator(".name")).to_have_text([spoken.name, silent.name])
    waiting.last.locator('[data-do="up"]').press("Enter")
    expect(waiting.locator(".name")).to_have_text([silent.name, spoken.name])
    press(tab, "cancel")
    expect(tab.locator("#uploads li")).to_have_count(3)
    speed(-1)
    expect(tab.locator(line("done"))).to_have_count(3)
    assert set(Transcription.objects.values_list("file_name", flat=True)) == {"other.wav", spoken.name, silent.name}


def test_a_paused_file_waits_until_it_is_wanted(
    tab: Page, site: str, large: Path, parts: list[Request], speed: Callable[[int], None]
) -> None:
    sign_in(tab, site)
    speed(SLOW)
    upload(tab, large)
    expect(tab.locator(line("sending"))).to_contain_text("left")
    press(tab, "pause")
    expect(tab.locator(line("paused"))).to_contain_text("paused at")
    tab.wait_for_timeout(500)
    before = len(parts)
    tab.wait_for_timeout(1500)
    assert len(parts) == before
    speed(-1)
    press(tab, "resume")
    tab.wait_for_url("**/t/**")
    assert offsets(parts[before:])[0] > 0


def test_a_page_that_was_left_offers_to_go_on_with_the_same_file(
    tab: Page, site: str, large: Path, spoken: Path, parts: list[Request], speed: Callable[[int], None]
) -> None:
    sign_in(tab, site)
    speed(SLOW)
    upload(tab, large)
    expect(tab.locator(line("sending"))).to_contain_text("left")
    warnings: list[str] = []

    def leave(dialog: Dialog) -> None:
        warnings.append(dialog.type)
        dialog.accept()

    tab.on("dialog", leave)
    tab.reload()
    assert warnings == ["beforeunload"]
    speed(-1)
    expect(tab.locator("#unfinished .name")).to_have_text(large.name)
    tab.set_input_files("#unfinished input", spoken)
    expect(tab.locator("#unfinished .refused")).to_contain_text("This is another file")
    before = len(parts)
    tab.set_input_files("#unfinished input", large)
    tab.wait_for_url("**/t/**")
    assert offsets(parts[before:])[0] > 0
    assert Transcription.objects.count() == 1


def test_a_refused_file_stands_in_one_place(
    tab: Page, site: str, large: Path, tmp_path: Path, speed: Callable[[int], None]
) -> None:
    letter = tmp_path / "letter.mp3"
    letter.write_text("Dear Madam,\n" * 1000)
    sign_in(tab, site)
    speed(SLOW // 4)
    upload(tab, letter, large)
    expect(tab.locator(line("unfit"))).to_contain_text("a text or a document")
    expect(tab.get_by_role("button", name="Try again")).to_have_count(0)
    press(tab, "pause")
    tab.reload()
    expect(tab.locator("#unfinished li")).to_have_count(1)
    assert list(Upload.objects.values_list("file_name", flat=True)) == [large.name]


def test_an_unfinished_upload_can_be_discarded(tab: Page, site: str, large: Path, speed: Callable[[int], None]) -> None:
    sign_in(tab, site)
    speed(SLOW)
    upload(tab, large)
    expect(tab.locator(line("sending"))).to_contain_text("left")
    press(tab, "pause")
    tab.reload()
    tab.click("#unfinished [data-part=discard]")
    expect(tab.locator("#unfinished")).to_be_hidden()
    tab.reload()
    expect(tab.locator("#unfinished")).to_be_hidden()


def test_a_file_that_is_known_is_not_sent(tab: Page, site: str, spoken: Path, parts: list[Request]) -> None:
    sign_in(tab, site)
    upload(tab, spoken)
    tab.wait_for_url("**/t/**")
    expect(tab.locator(".state.done")).to_be_visible()
    assert parts
    tab.goto(site)
    parts.clear()
    upload(tab, spoken)
    tab.wait_for_url("**/t/**")
    assert parts == []
    assert Transcription.objects.count() == 2


def test_one_file_can_have_options_of_its_own(tab: Page, site: str, spoken: Path, silent: Path) -> None:
    sign_in(tab, site)
    tab.set_input_files("#files", [spoken, silent])
    tab.select_option("#language", "en")
    own = tab.locator("#uploads li").last
    own.locator("summary").click()
    own.locator("select").first.select_option("")
    tab.click("#upload button[type=submit]")
    expect(tab.locator(line("done"))).to_have_count(2)
    chosen = {entry.file_name: entry.transcript.options["language"] for entry in Transcription.objects.all()}
    assert chosen == {spoken.name: "en", silent.name: ""}


def test_a_folder_gives_its_recordings(tab: Page, site: str, spoken: Path, tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    shutil.copy(spoken, folder)
    (folder / "notes.txt").write_text("Ask about the roof.")
    sign_in(tab, site)
    tab.set_input_files("#folder", folder)
    expect(tab.locator("#uploads .name")).to_have_text([spoken.name])
    expect(tab.locator("#upload-note")).to_contain_text("left out: 1")
