"""Documents: the pdf has every script that there is a font for, each in its direction, and others read the docx."""

import io
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import docx
import pytest
from pypdfium2 import PdfDocument

from transcriptions.engine import fonts
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


def docx_of(texts: Sequence[str], shape: Shape = USUAL, title: str = "Talk") -> docx.document.Document:
    return docx.Document(io.BytesIO(made("docx", texts, shape, title)))


def pdf_of(texts: Sequence[str], shape: Shape = USUAL, title: str = "Talk") -> list[Any]:
    """Its pages."""
    return list(PdfDocument(made("pdf", texts, shape, title)))


def made(name: str, texts: Sequence[str], shape: Shape, title: str, language: str = "en") -> bytes:
    segments = (Segment(10.0 * at, 10.0 * at + 5, text) for at, text in enumerate(texts))
    return b"".join(FORMATS[name].write(Heading(language, 60.0, "base", title), segments, shape))


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
        file = b"".join(FORMATS["docx"].write(Heading(), segments, Shape(flow=flow)))  # type: ignore[arg-type]
        assert [paragraph.text for paragraph in docx.Document(io.BytesIO(file)).paragraphs] == expected


@pytest.mark.parametrize("title", ["Talk", "", "a\x01b\x0b"])
def test_an_empty_transcript_and_a_strange_title_are_valid_files(title: str) -> None:
    assert len(pdf_of([], title=title)) == 1
    assert len(docx_of([], title=title).paragraphs) == bool(title)


def test_a_long_one_goes_over_pages_and_each_has_its_number() -> None:
    pages = pdf_of(["会議は九時に始まります。" * 60, *["word " * 200] * 8])
    assert len(pages) > 1
    numbers = [page.get_textpage().get_text_range().split()[-1] for page in pages]
    assert numbers == [str(number) for number in range(1, len(pages) + 1)]
