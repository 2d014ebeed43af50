"""The text of a transcript as its page shows it: some pages of it with their words, and how much the others hold."""

import re
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from transcriptions.models import Segment
from transcriptions.web.durations import clock
from transcriptions.workflow import pages
from transcriptions.workflow.pages import PAGE_SECONDS, Page

SHOWN = 5  # pages that come with the page itself
LONGEST_QUERY = 200
AROUND = 80  # characters on both sides of what is found


@dataclass(frozen=True)
class Text:
    """earlier, later: the page to begin with before and after those that are shown; None where there is none."""

    pages: list[tuple[Page, list[dict[str, Any]]]]
    earlier: int | None
    later: int | None
    page_seconds: int = PAGE_SECONDS


def text(transcript_id: int, begin: int) -> Text:
    """From a page on, or from the last one before it where it is past the end."""
    found = pages.of(transcript_id)
    first = next((index for index, page in enumerate(found) if page.number >= begin), max(0, len(found) - 1))
    shown = found[first : first + SHOWN]
    rows = pages.segments(transcript_id, shown[0].number, shown[-1].number) if shown else ()
    segments_of = {
        number: [segment(row) for row in its]
        for number, its in groupby(rows, lambda row: pages.number(row.start_seconds))
    }
    return Text(
        pages=[(page, segments_of.get(page.number, [])) for page in found],
        earlier=found[max(0, first - SHOWN)].number if first else None,
        later=found[first + SHOWN].number if first + SHOWN < len(found) else None,
    )


def segment(row: Segment) -> dict[str, Any]:
    """words: each with its times and what stands between it and the one before; none where they are not known."""
    return {
        "id": row.pk,
        "start": row.start_seconds,
        "end": row.end_seconds,
        "clock": clock(row.start_seconds),
        "text": row.text,
        "words": [_word(index, *word) for index, word in enumerate(row.words)],
    }


def _word(index: int, start: float, end: float, text: str, probability: float) -> dict[str, str]:
    gap = " " if index and text[:1].isspace() else ""
    return {"start": f"{start:.2f}", "end": f"{end:.2f}", "gap": gap, "text": text.strip()}


def found(transcript_id: int, query: str) -> dict[str, Any]:
    """For _found.html: what says it, each with the words around it. No query finds nothing."""
    query = query.replace("\0", "").strip()[:LONGEST_QUERY]
    rows = pages.find(transcript_id, query) if query else []
    return {
        "query": query,
        "results": [_result(row, query) for row in rows],
        "is_cut": len(rows) == pages.MOST_FOUND,
    }


def _result(row: Segment, query: str) -> dict[str, Any]:
    return {
        "id": row.pk,
        "start": row.start_seconds,
        "clock": clock(row.start_seconds),
        "page": pages.number(row.start_seconds),
        "text": _marked(row.text, query),
    }


def _marked(text: str, query: str) -> SafeString:
    match = re.search(re.escape(query), text, re.IGNORECASE)
    if match is None:  # the database folds case in its own way
        return escape(text[: 2 * AROUND])
    before, after = text[: match.start()], text[match.end() :]
    before = f"…{before[-AROUND:]}" if len(before) > AROUND else before
    after = f"{after[:AROUND]}…" if len(after) > AROUND else after
    mark = partial("{}<mark>{}</mark>{}".format, escape(before), escape(match.group()))
    return mark_safe(mark(escape(after)))  # noqa: S308 - its parts are escaped
