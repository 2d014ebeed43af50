"""Transcripts as text, as tables and as json, of segments as they were recognised. Subtitles are `subtitles`'."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from transcriptions.engine.paragraphs import clock, flowing, one_line, plain
from transcriptions.engine.shape import Shape
from transcriptions.engine.values import FIGURES, Heading, Segment

BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else
FORMULA = tuple("=+-@＝＋－＠")  # what a spreadsheet may calculate instead of showing it


def txt(heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[str]:
    """One segment a line, paragraphs with an empty line between them, or all in one line."""
    if shape.flow == "plain":
        yield from plain(segments)
        yield "\n"
        return
    end = "\n\n" if shape.flow == "paragraphs" else "\n"
    for text in flowing(segments, shape.flow or "lines"):
        yield f"[{clock(text.start)}] {text.text}{end}" if shape.times else f"{text.text}{end}"


def as_csv(heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[str]:
    """RFC 4180, for spreadsheets."""
    yield BYTE_ORDER_MARK
    yield from _table(segments, shape, csv.excel)


def as_tsv(heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[str]:
    yield from _table(segments, shape, csv.excel_tab)


def as_json(heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[str]:
    """One object: language, duration, model, segments with words and speaker where there are any; its schema is
    docs/transcript.schema.json."""
    head = {"language": heading.language, "duration": heading.duration_seconds, "model": heading.model}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "segments": ['
    for number, segment in enumerate(segments):
        yield (",\n" if number else "\n") + json.dumps(_fields(segment), ensure_ascii=False)
    yield "\n]}\n"


def _fields(segment: Segment) -> dict[str, Any]:
    absent = [name for name in ("words", "speaker", "corrected") if not getattr(segment, name)]
    if segment.corrected:
        absent += FIGURES
    return {name: value for name, value in asdict(segment).items() if name not in absent}


def _table(segments: Iterable[Segment], shape: Shape, dialect: type[csv.Dialect]) -> Iterator[str]:
    """With a column for speakers where they are wanted."""
    yield _row(("start", "end", *(["speaker"] if shape.speakers else []), "text"), dialect)
    for segment in segments:
        who = [_harmless(segment.speaker)] if shape.speakers else []
        times = (f"{segment.start:.3f}", f"{segment.end:.3f}")
        yield _row((*times, *who, _harmless(one_line(segment.text))), dialect)


def _row(cells: tuple[Any, ...], dialect: type[csv.Dialect]) -> str:
    row = io.StringIO(newline="")
    csv.writer(row, dialect).writerow(cells)
    return row.getvalue()


def _harmless(text: str) -> str:
    """With an apostrophe in front a spreadsheet shows a text that looks like a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
