"""Transcripts as documents to read and to print: docx and pdf. Both are whole in memory until they are saved."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO

import docx
from docx.oxml import OxmlElement
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph as DocxParagraph
from fpdf import FPDF
from fpdf.enums import Align, WrapMode, XPos, YPos

from transcriptions.engine import fonts
from transcriptions.engine.cue_words import spaceless
from transcriptions.engine.paragraphs import Paragraph, clock, flowing
from transcriptions.engine.shape import Shape
from transcriptions.engine.subtitles import NO_XML
from transcriptions.engine.values import Heading, Segment

GREY = (0x66, 0x66, 0x66)
TITLE_POINTS, TEXT_POINTS = 16, 11
TITLE_MM, TEXT_MM, GAP_MM, MARGIN_MM = 8, 6, 3, 22  # heights of lines, between paragraphs, around the page


def save_docx(heading: Heading, segments: Iterable[Segment], shape: Shape, target: BinaryIO) -> None:
    """Word finds the fonts; what runs from right to left is said to."""
    document = docx.Document()
    about, now = document.core_properties, datetime.now(UTC)
    about.title, about.author, about.language = _printable(heading.title), "", heading.language
    about.comments, about.created, about.modified = "", now, now
    if heading.title:
        _direct(document.add_heading(_printable(heading.title), level=1), heading.title)
    for text in _texts(segments, shape):
        paragraph = document.add_paragraph()
        if shape.times:
            time = paragraph.add_run(f"[{clock(text.start)}] ")
            time.font.color.rgb = RGBColor(*GREY)
        paragraph.add_run(text.text)
        _direct(paragraph, text.text)
    document.save(target)


def save_pdf(heading: Heading, segments: Iterable[Segment], shape: Shape, target: BinaryIO) -> None:
    """A4. Fonts are added as their characters come; of each only those are in the file."""
    pages = _Pages(heading.language)
    pages.set_title(heading.title)
    if heading.language:
        pages.set_lang(heading.language)
    if heading.title:
        pages.write_paragraph(_printable(heading.title), TITLE_POINTS, TITLE_MM)
    for text in _texts(segments, shape):
        pages.write_paragraph(text.text, TEXT_POINTS, TEXT_MM, time=clock(text.start) if shape.times else "")
    pages.output(target)


def _texts(segments: Iterable[Segment], shape: Shape) -> Iterable[Paragraph]:
    for text in flowing(segments, "lines" if shape.flow == "lines" else "paragraphs"):
        yield Paragraph(text.start, text.end, _printable(text.text))


def _printable(text: str) -> str:
    return NO_XML.sub("", text)


def _from_right_to_left(text: str) -> bool:
    """By the first letter that has a direction, as Unicode's algorithm says."""
    strong = (unicodedata.bidirectional(char) for char in text)
    return next((kind in ("R", "AL") for kind in strong if kind in ("L", "R", "AL")), False)


def _direct(paragraph: DocxParagraph, text: str) -> None:
    if _from_right_to_left(text):
        paragraph._p.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), "w:jc", "w:rPr")
        for run in paragraph.runs:
            run.font.rtl = True


class _Pages(FPDF):
    """A page that grows downwards, with its number below."""

    def __init__(self, language: str) -> None:
        super().__init__(format="A4")
        self._language = language
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=MARGIN_MM)
        self.add_font(fonts.TEXT.name, fname=fonts.TEXT.file)
        self.set_font(fonts.TEXT.name, size=TEXT_POINTS)
        self._fonts = [fonts.TEXT]
        self.add_page()

    def footer(self) -> None:
        self.set_y(-MARGIN_MM / 2)
        self.set_text_shaping(False)
        self.set_font(fonts.TEXT.name, size=TEXT_POINTS - 2)
        self.set_text_color(*GREY)
        self.cell(0, 0, str(self.page_no()), align=Align.C)
        self.set_text_color(0)

    def write_paragraph(self, text: str, points: int, height: int, *, time: str = "") -> None:
        text = fonts.drawable(unicodedata.normalize("NFC", text), self._language)
        needed = fonts.needed(text, self._language)
        self._bring(needed)
        if time:
            self.set_text_shaping(False)
            self.set_font(fonts.TEXT.name, size=TEXT_POINTS - 2)
            self.set_text_color(*GREY)
            self.cell(0, height, time, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.set_text_color(0)
        self.set_font(fonts.most(text, [fonts.TEXT, *needed]).name, size=points)
        self.set_text_shaping(any(font.is_shaped for font in needed))  # several times slower, so only where it shows
        align = Align.R if _from_right_to_left(text) else Align.L
        wrap = WrapMode.CHAR if 2 * sum(map(spaceless, text)) > len(text) else WrapMode.WORD
        self.multi_cell(0, height, text, align=align, wrapmode=wrap, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(GAP_MM)

    def _bring(self, needed: Iterable[fonts.Font]) -> None:
        new = [font for font in needed if font not in self._fonts]
        for font in new:
            self.add_font(font.name, fname=font.file, collection_font_number=font.number)
        if new:
            self._fonts += new
            self.set_fallback_fonts([font.name for font in self._fonts], exact_match=False)
