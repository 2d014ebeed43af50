"""A transcript as a pdf, in fonts that have its characters. It is whole in memory until it is saved.

Lines are broken here: fpdf2 measures a line anew for each of its characters, and shapes it anew where it has to.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import BinaryIO

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import TTFFont

from transcriptions.engine import fonts
from transcriptions.engine.paragraphs import clock
from transcriptions.engine.printed import GREY, from_right_to_left, printable, texts
from transcriptions.engine.shape import Shape
from transcriptions.engine.values import Heading, Segment
from transcriptions.engine.wrapping import Width, wrapped

TITLE_POINTS, TEXT_POINTS, SMALL_POINTS = 16, 11, 9
TITLE_MM, TEXT_MM, GAP_MM, MARGIN_MM = 8, 6, 3, 22  # heights of lines, between paragraphs, around the page


def save(heading: Heading, segments: Iterable[Segment], shape: Shape, target: BinaryIO) -> None:
    """A4. Fonts are added as their characters come; of each only those are in the file."""
    pages = _Pages(heading.language)
    pages.set_title(heading.title)
    if heading.language:
        pages.set_lang(heading.language)
    if heading.title:
        pages.write_paragraph(printable(heading.title), TITLE_POINTS, TITLE_MM)
    for text in texts(segments, shape):
        pages.write_paragraph(text.text, TEXT_POINTS, TEXT_MM, time=clock(text.start) if shape.times else "")
    target.write(pages.output())


class _Pages(FPDF):
    """A page that grows downwards, with its number below."""

    def __init__(self, language: str) -> None:
        super().__init__(format="A4")
        self._language = language
        self._widths: dict[tuple[str, float, bool], Width] = {}
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=MARGIN_MM)
        self._fonts: list[fonts.Font] = []
        self._bring([fonts.TEXT])
        self.set_font(fonts.TEXT.name, size=TEXT_POINTS)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-MARGIN_MM / 2)
        self._write_small(0, str(self.page_no()), Align.C)

    def write_paragraph(self, text: str, points: int, height: int, *, time: str = "") -> None:
        text = fonts.drawable(unicodedata.normalize("NFC", text), self._language)
        needed = fonts.needed(text, self._language)
        self._bring(needed)
        if time:
            self._write_small(height, time, Align.L)
        right = from_right_to_left(text)
        self.set_font(fonts.most(text, [fonts.TEXT, *needed]).name, size=points)
        shaped = any(font.is_shaped for font in needed)  # several times slower, so only where it shows
        self.set_text_shaping(shaped, direction="rtl" if right else "ltr")
        for line in wrapped(text, self.epw - 2 * self.c_margin, self._width(shaped=shaped)):
            self.cell(0, height, line, align=Align.R if right else Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(GAP_MM)

    def _write_small(self, height: int, text: str, align: Align) -> None:
        self.set_text_shaping(False)
        self.set_font(fonts.TEXT.name, size=SMALL_POINTS)
        self.set_text_color(*GREY)
        self.cell(0, height, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(0)

    def _width(self, *, shaped: bool) -> Width:
        """Of words as they are set now, each measured once: people say the same ones again and again."""
        key = (self.font_family, self.font_size_pt, shaped)
        return self._widths.setdefault(key, cache(self.get_string_width))

    def _bring(self, needed: Iterable[fonts.Font]) -> None:
        new = [font for font in needed if font not in self._fonts]
        for font in new:
            self.add_font(font.name, fname=font.file, collection_font_number=font.number)
            added = self.fonts[font.name.lower()]
            if isinstance(added, TTFFont):
                added.ttfont.recalcBBoxes = False  # draws every character to measure it, half of the time for Chinese
        if new:
            self._fonts += new
            self.set_fallback_fonts([font.name for font in self._fonts], exact_match=False)
