"""The text of a transcript as its page shows it: some pages of it with their words, and how much the others hold."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, groupby
from typing import Any
from unicodedata import combining, normalize

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from transcriptions.engine.cue_words import say
from transcriptions.engine.values import Word
from transcriptions.models import Transcription
from transcriptions.web.durations import clock
from transcriptions.workflow import pages
from transcriptions.workflow.lines import Line
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


def text(entry: Transcription, begin: int) -> Text:
    """From a page on, or from the last one before it where it is past the end."""
    found = pages.of(entry)
    first = next((index for index, page in enumerate(found) if page.number >= begin), max(0, len(found) - 1))
    shown = found[first : first + SHOWN]
    some = pages.lines_of(entry, shown[0].number, shown[-1].number) if shown else ()
    lines = {number: [line(one) for one in its] for number, its in groupby(some, lambda one: pages.number(one.start))}
    return Text(
        pages=[(page, lines.get(page.number, [])) for page in found],
        earlier=found[max(0, first - SHOWN)].number if first else None,
        later=found[first + SHOWN].number if first + SHOWN < len(found) else None,
    )


def line(one: Line) -> dict[str, Any]:
    """words: each with its times and what stands between it and the one before; none where they do not say the text."""
    words = one.words if say(one.words, one.text) else ()
    return {
        "key": one.key,
        "version": one.version,
        "start": one.start,
        "end": one.end,
        "clock": clock(one.start),
        "speaker": one.speaker,
        "is_checked": one.checked_at is not None,
        "text": one.text,
        "words": [_word(index, word) for index, word in enumerate(words)],
    }


def _word(index: int, word: Word) -> dict[str, Any]:
    return {
        "start": f"{word.start:.2f}",
        "end": f"{word.end:.2f}",
        "gap": " " if index and word.text[:1].isspace() else "",
        "text": word.text.strip(),
        "is_doubtful": word.probability < settings.DOUBTFUL_BELOW,
    }


def found(entry: Transcription, query: str) -> dict[str, Any]:
    """For _found.html: what says it, each with the words around it. No query finds nothing."""
    query = query.replace("\0", "").strip()[:LONGEST_QUERY]
    lines = pages.find(entry, query) if query else []
    return {
        "query": query,
        "results": [_result(one, query) for one in lines],
        "is_cut": len(lines) == pages.MOST_FOUND,
    }


def _result(one: Line, query: str) -> dict[str, Any]:
    return {
        "key": one.key,
        "start": one.start,
        "clock": clock(one.start),
        "page": pages.number(one.start),
        "text": marked(one.text, query),
    }


def marked(text: str, query: str) -> SafeString:
    place = _place(text, query)
    if place is None:  # the database folds letters in its own way
        return escape(text[: 2 * AROUND])
    begin, end = place
    before, after = text[:begin], text[end:]
    before = f"…{before[-AROUND:]}" if len(before) > AROUND else before
    after = f"{after[:AROUND]}…" if len(after) > AROUND else after
    mark = partial("{}<mark>{}</mark>{}".format, escape(before), escape(text[begin:end]))
    return mark_safe(mark(escape(after)))  # noqa: S308 - its parts are escaped


def _place(text: str, query: str) -> tuple[int, int] | None:
    """Where it begins and ends, whatever the case and the accents."""
    folded = [_folded(letter) for letter in text]
    at = "".join(folded).find(wanted := "".join(map(_folded, query)))
    if at < 0:
        return None
    ends = list(accumulate(map(len, folded)))
    return bisect_right(ends, at), bisect_left(ends, at + len(wanted)) + 1


def _folded(letter: str) -> str:
    return "".join(each for each in normalize("NFKD", letter) if not combining(each)).casefold()
