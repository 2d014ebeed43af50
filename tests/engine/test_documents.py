"""Documents: the pdf has every script that there is a font for, each in its direction, and others read the docx."""

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import docx
import pytest
from fpdf.fonts import TTFFont
from pypdfium2 import PdfDocument

from tests.environment import not_run
from transcriptions.engine import documents, fonts, pdf_file
from transcriptions.engine.documents import DocumentError, Press
from transcriptions.engine.formats import FORMATS
from transcriptions.engine.shape import USUAL, Shape
from transcriptions.engine.values import Heading, Segment

TEXTS = {
    "accents": "Não há café, Привет, Γειά, tiếng Việt",
    "signs": "a --> <i>b</i> & &amp; {c} \\N",
    "japanese": "会議は九時に始まります。",
    "chinese": "它开始于一九五六年",
    "korean": "한국어 문장입니다.",
    "arabic": "صباح الخير جميعا",
    "hebrew": "שלום עולם",
    "hindi": "नमस्ते दुनिया",
    "thai": "สวัสดีครับ",
    "emoji": "Party 🎉",
    "word": "Yes",
}
PRESS = Press()  # one for all: it takes seconds to begin
# Children that are no typesetter.
CRASHES = "import os; os.abort()"
BREAKS_OFF = "import sys; sys.stdout.buffer.write((9).to_bytes(8) + b'half')"
NEVER_ENDS = """
import resource, signal
resource.setrlimit(resource.RLIMIT_CPU, (1, 60))
while True: pass
"""


@pytest.fixture(scope="module", autouse=True)
def _press() -> Iterator[None]:
    with PRESS:
        yield


def docx_of(texts: Sequence[str], shape: Shape = USUAL, title: str = "Talk") -> docx.document.Document:
    return docx.Document(io.BytesIO(made("docx", texts, shape, title)))


def pdf_of(texts: Sequence[str], shape: Shape = USUAL, title: str = "Talk") -> list[Any]:
    """Its pages."""
    return list(PdfDocument(made("pdf", texts, shape, title)))


def made(name: str, texts: Sequence[str], shape: Shape, title: str, language: str = "en") -> bytes:
    segments = (Segment(10.0 * at, 10.0 * at + 5, text) for at, text in enumerate(texts))
    return b"".join(FORMATS[name].write(Heading(language, 60.0, "base", title), segments, shape, PRESS))


def letters(text: str) -> list[str]:
    """Whatever a reader of pdf makes of spaces, of the order of what runs from right to left and of the signs that
    Arabic and Indian letters are put together from."""
    return sorted(char for char in unicodedata.normalize("NFKC", text) if not char.isspace() and char.isprintable())


def text_of(page: Any) -> str:
    """Without the page's number, which stands last."""
    said: str = page.get_textpage().get_text_range()
    return said.rpartition("\n")[0].strip()


def fonts_of(pdf: bytes) -> set[str]:
    return {name.decode() for name in re.findall(rb"/BaseFont /\w+\+(\w+)", pdf)}


def test_docx_is_read_back() -> None:
    read = docx_of(list(TEXTS.values()), title="Reunião 会議")
    assert [paragraph.text for paragraph in read.paragraphs] == ["Reunião 会議", *TEXTS.values()]
    assert (read.core_properties.title, read.core_properties.author) == ("Reunião 会議", "")


def test_docx_says_what_runs_from_right_to_left() -> None:
    read = docx_of([TEXTS["arabic"], "1. שלום", TEXTS["accents"]])
    directions = [bool(paragraph._p.xpath("w:pPr/w:bidi")) for paragraph in read.paragraphs]
    assert directions == [False, True, True, False]
    assert [run.font.rtl for run in read.paragraphs[1].runs] == [True]


@pytest.mark.parametrize("name", TEXTS)
def test_pdf_is_read_back(name: str) -> None:
    (page,) = pdf_of([TEXTS[name]])
    assert letters(text_of(page)) == letters(f"Talk{TEXTS[name]}")


@pytest.mark.parametrize(
    ("name", "font"),
    [("accents", ""), ("arabic", "NotoSansArabic"), ("korean", "NotoSansCJK"), ("thai", "NotoSansThai")],
)
def test_pdf_holds_the_fonts_it_needs_and_no_other(name: str, font: str) -> None:
    found = sorted(fonts_of(made("pdf", [TEXTS[name]], USUAL, "Talk")))
    assert found[0] == "NotoSans"
    assert len(found) == 1 + bool(font)
    assert found[-1].startswith(font)


@pytest.mark.parametrize(("text", "right"), [("صباح الخير", True), ("Good morning", False)])
def test_what_runs_from_right_to_left_begins_on_the_right(text: str, right: bool) -> None:
    (page,) = pdf_of([text], title="")
    left_edge = page.get_textpage().get_charbox(0)[0]
    assert (left_edge > page.get_width() / 2) == right


def test_every_language_but_tibetan_has_a_font() -> None:
    samples = "Aя Ω ա অ अ አ ა અ ਅ ಅ ខ ລ അ မ අ அ అ ก א ع あ 字 한".split()
    assert [char for char in samples if fonts.drawable(char, "") != char] == []
    assert fonts.drawable("བོད abc", "bo") == "\ufffd\ufffd\ufffd abc"
    assert "\ufffd" in text_of(pdf_of(["བོད"])[0])


def test_chinese_characters_are_written_as_in_the_language_of_the_text() -> None:
    numbers = {language: fonts.needed("直", language)[0].number for language in ("ja", "ko", "zh", "yue", "")}
    assert numbers == {"ja": 0, "ko": 1, "zh": 2, "yue": 4, "": 2}


@pytest.mark.parametrize("name", ["docx", "pdf"])
def test_times_and_lines_as_somebody_wants_them(name: str) -> None:
    def shown(shape: Shape) -> str:
        if name == "docx":
            return "\n".join(paragraph.text for paragraph in docx_of(["One.", "Two."], shape).paragraphs)
        return text_of(pdf_of(["One.", "Two."], shape)[0])

    assert "00:00:10" not in shown(USUAL)
    assert "00:00:10" in shown(Shape(times=True))
    assert "00:01:10" in shown(Shape(times=True, offset=60.0))


def test_lines_can_be_kept_apart() -> None:
    segments = [Segment(0.0, 1.0, "One."), Segment(1.0, 2.0, "Two.")]
    for flow, expected in (("lines", ["One.", "Two."]), (None, ["One. Two."]), ("plain", ["One. Two."])):
        file = b"".join(FORMATS["docx"].write(Heading(), segments, Shape(flow=flow), PRESS))  # type: ignore[arg-type]
        assert [paragraph.text for paragraph in docx.Document(io.BytesIO(file)).paragraphs] == expected


def test_who_speaks_next_begins_a_paragraph() -> None:
    said = [Segment(0, 1, "Good morning.", speaker="Ann"), Segment(1, 2, "Hello.", speaker="Bob")]
    pieces = b"".join(FORMATS["docx"].write(Heading("en", 2.0, "base", "Talk"), said))
    shown = [paragraph.text for paragraph in docx.Document(io.BytesIO(pieces)).paragraphs]
    assert shown == ["Talk", "Ann: Good morning.", "Bob: Hello."]


@pytest.mark.parametrize("title", ["Talk", "", "a\x01b\x0b"])
def test_an_empty_transcript_and_a_strange_title_are_valid_files(title: str) -> None:
    assert len(pdf_of([], title=title)) == 1
    assert len(docx_of([], title=title).paragraphs) == bool(title)


def test_a_long_one_goes_over_pages_and_each_has_its_number() -> None:
    pages = pdf_of(["会議は九時に始まります。" * 60, *["word " * 200] * 8])
    assert len(pages) > 1
    numbers = [page.get_textpage().get_text_range().split()[-1] for page in pages]
    assert numbers == [str(number) for number in range(1, len(pages) + 1)]


@pytest.mark.parametrize("name", TEXTS)
def test_pdftotext_reads_it(name: str, tmp_path: Path) -> None:
    program = shutil.which("pdftotext")
    if program is None:
        not_run("there is no pdftotext here: install poppler-utils")
    file = tmp_path / "talk.pdf"
    file.write_bytes(made("pdf", [TEXTS[name]], USUAL, "Talk"))
    said = subprocess.run([program, file, "-"], check=True, capture_output=True, text=True).stdout
    assert letters(said) == letters(f"Talk{TEXTS[name]}1")  # 1: the page


# --- The child -------------------------------------------------------------------------------------------------------
def pressed(press: Press, text: str, kind: str = "docx") -> str:
    file = b"".join(press.make(kind, Heading(), [Segment(0.0, 1.0, text)], USUAL))
    if kind == "pdf":
        return text_of(PdfDocument(file)[0])
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(file)).paragraphs)


def child_of(press: Press) -> int:
    assert press._child
    return press._child._child.pid


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split())


def test_many_documents_are_made_by_one_child() -> None:
    with Press() as press:
        made = [pressed(press, f"Number {number}.", kind) for number, kind in enumerate(["docx", "pdf", "docx"])]
        child = child_of(press)
        assert (pressed(press, "Another."), child_of(press)) == ("Another.", child)
    assert made == ["Number 0.", "Number 1.", "Number 2."]
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@pytest.mark.parametrize(("child", "code"), [(CRASHES, "not_made"), (BREAKS_OFF, "not_made"), (NEVER_ENDS, "too_slow")])
def test_what_goes_wrong_ends_the_child_alone(monkeypatch: pytest.MonkeyPatch, child: str, code: str) -> None:
    with Press() as press:
        with monkeypatch.context() as other:
            other.setattr(documents, "COMMAND", [sys.executable, "-c", child])
            with pytest.raises(DocumentError) as failed:
                pressed(press, "A text.")
        assert failed.value.code == code
        assert pressed(press, "The next one.") == "The next one."


def test_a_child_that_is_killed_between_two_documents_fails_one() -> None:
    with Press() as press:
        pressed(press, "One.")
        os.kill(child_of(press), signal.SIGKILL)
        with pytest.raises(DocumentError, match="status -9"):
            pressed(press, "Two.")
        assert pressed(press, "Three.") == "Three."


def test_what_stops_the_segments_stops_the_document() -> None:
    class Stopped(Exception):  # noqa: N818
        pass

    def segments() -> Iterator[Segment]:
        yield Segment(0.0, 1.0, "One.")
        raise Stopped

    with Press() as press:
        with pytest.raises(Stopped):
            list(press.make("pdf", Heading(), segments(), USUAL))
        assert pressed(press, "Two.", "pdf") == "Two."


def test_one_that_nobody_reads_to_its_end_leaves_no_child() -> None:
    before = children()
    pieces = documents.made("pdf", Heading(), [Segment(0.0, 1.0, "One.")], USUAL)
    assert next(pieces).startswith(b"%PDF")
    assert len(children() - before) == 1
    pieces.close()  # type: ignore[attr-defined]
    assert children() == before


def test_every_font_there_is_can_be_in_one_document() -> None:
    said = " ".join([*TEXTS.values(), *"Aя Ω ა અ अ አ ა অ ਅ ಅ ខ ລ അ မ ଅ అ ก א ع あ 字 한 අ அ ཀ".split()])
    with Press() as press:
        assert letters(pressed(press, said, "pdf")) == letters(said.replace("ཀ", "\ufffd"))


def test_each_word_is_measured_once_and_each_line_shaped_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """fpdf2 alone shapes a line anew for each of its characters: minutes for what is said in an hour."""
    shaped: list[str] = []
    shape = TTFFont.perform_harfbuzz_shaping

    def counted(self: TTFFont, text: str, *arguments: Any) -> Any:
        shaped.append(text)
        return shape(self, text, *arguments)

    monkeypatch.setattr(TTFFont, "perform_harfbuzz_shaping", counted)
    said = [Segment(0.0, 1.0, "صباح الخير جميعا " * 10)] * 100
    pdf_file.save(Heading("ar"), said, USUAL, io.BytesIO())
    words = [text for text in shaped if " " not in text.strip()]
    lines = len(shaped) - len(words)
    assert len(words) < 10
    assert lines < 3 * 300  # three lines each, and a paragraph is joined of several
