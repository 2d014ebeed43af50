"""A transcript as a docx. It is whole in memory until it is saved."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO

import docx
from docx.oxml import OxmlElement
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph

from transcriptions.engine.paragraphs import clock
from transcriptions.engine.printed import GREY, from_right_to_left, printable, texts
from transcriptions.engine.shape import Shape
from transcriptions.engine.values import Heading, Segment


def save(heading: Heading, segments: Iterable[Segment], shape: Shape, target: BinaryIO) -> None:
    """Word finds the fonts; what runs from right to left is said to."""
    document = docx.Document()
    about, now = document.core_properties, datetime.now(UTC)
    about.title, about.author, about.language = printable(heading.title), "", heading.language
    about.comments, about.created, about.modified = "", now, now
    if heading.title:
        _direct(document.add_heading(printable(heading.title), level=1), heading.title)
    for text in texts(segments, shape):
        paragraph = document.add_paragraph()
        if shape.times:
            time = paragraph.add_run(f"[{clock(text.start)}] ")
            time.font.color.rgb = RGBColor(*GREY)
        paragraph.add_run(text.text)
        _direct(paragraph, text.text)
    document.save(target)


def _direct(paragraph: Paragraph, text: str) -> None:
    if from_right_to_left(text):
        paragraph._p.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), "w:jc", "w:rPr")
        for run in paragraph.runs:
            run.font.rtl = True
