"""Find and replace in all lines of a text: what would be replaced, and then all of it as one change.

PostgreSQL looks, with a limit to its time and its memory: a pattern may be written so that looking for it never ends.
"""

import math
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import DataError, OperationalError, connection, transaction

from accounts.models import User
from transcriptions.models import Change, Transcription
from transcriptions.workflow import lines, pen
from transcriptions.workflow.edit import typed, with_text
from transcriptions.workflow.intake import Refused
from transcriptions.workflow.lines import Line

SAMPLES = 20
LONGEST_PATTERN = 500
SPECIAL = re.compile(r"[^\w\s]", re.ASCII)
# Letters and their cases are those of Unicode, whatever the database's own language is.
LOOK = """
    SELECT place, count, left(regexp_replace(text, %(find)s COLLATE pg_c_utf8, %(put)s, 1, 0, %(flags)s), %(most)s)
    FROM (
        SELECT place, text, regexp_count(text, %(find)s COLLATE pg_c_utf8, 1, %(flags)s) AS count
        FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS texts (text, place)
    ) AS counted
    WHERE count > 0 ORDER BY place
"""


@dataclass(frozen=True)
class Wanted:
    """What is looked for. as_pattern: it is a regular expression as PostgreSQL writes them, \\1 a group in `put`."""

    text: str
    put: str = ""
    as_pattern: bool = False
    any_case: bool = True
    whole_words: bool = False


@dataclass(frozen=True)
class Sample:
    """A line, and what it would say."""

    key: str
    start: float
    before: str
    after: str


@dataclass(frozen=True)
class Found:
    """How often it is there, in how many lines, and the first of them."""

    places: int
    lines: int
    samples: list[Sample]


def preview(*, entry: Transcription, wanted: Wanted) -> Found:
    """What `replace_all` would do now. Raises Refused."""
    search, places, hit, samples = _Search(wanted), 0, 0, list[Sample]()
    for page in lines.pages(entry):
        found = search.look(page)
        places, hit = places + sum(count for _, count, _ in found), hit + len(found)
        for line, _, text in found[: SAMPLES - len(samples)]:
            samples.append(Sample(line.key, line.start, line.text, typed(text)))
    return Found(places, hit, samples)


def replace_all(*, entry: Transcription, user: User, wanted: Wanted, now: datetime) -> None:
    """Raises Refused, with everything as it was."""
    search = _Search(wanted)
    with pen.writing(entry, user, Change.Kind.REPLACE, now) as writing:
        for page in lines.pages(entry):
            texts = {line.key: typed(text) for line, _, text in search.look(page)}
            changed = [(line, texts.get(line.key, line.text)) for line in page]
            writing.put_each(page, [_with_text(line, text, user) for line, text in changed])


def _with_text(line: Line, text: str, user: User) -> Line:
    return line if text == line.text else with_text(line, text, user)


class _Search:
    """Looks through one page after the other, for as long as FIND_SECONDS together. What matches nothing at all is no
    pattern."""

    def __init__(self, wanted: Wanted) -> None:
        if not wanted.text or max(len(wanted.text), len(wanted.put)) > LONGEST_PATTERN:
            raise Refused("bad_pattern")
        pattern = typed(wanted.text) if wanted.as_pattern else SPECIAL.sub(r"\\\g<0>", wanted.text)
        put = wanted.put if wanted.as_pattern else wanted.put.replace("\\", "\\\\")
        self._asked = {
            "find": rf"\y(?:{pattern})\y" if wanted.whole_words else pattern,
            "put": put,
            "flags": "i" if wanted.any_case else "c",
        }
        self._seconds_left = settings.FIND_SECONDS
        if self._found([""]):
            raise Refused("bad_pattern")

    def look(self, page: list[Line]) -> list[tuple[Line, int, str]]:
        """Of the lines it is in: how often, and what they would say. Raises Refused."""
        return [(page[place - 1], count, text) for place, count, text in self._found([line.text for line in page])]

    def _found(self, texts: list[str]) -> list[tuple[int, int, str]]:
        most = settings.MAX_LINE_CHARACTERS + 1
        with self._limited(), connection.cursor() as cursor:
            cursor.execute(LOOK, {**self._asked, "texts": texts, "most": most})
            found: list[tuple[int, int, str]] = cursor.fetchall()
            return found

    @contextmanager
    def _limited(self) -> Iterator[None]:
        if self._seconds_left <= 0:
            raise Refused("pattern_too_slow")
        begun = time.monotonic()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                most = str(math.ceil(1000 * self._seconds_left))
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [most])
                yield
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "57014":  # cancelled, for its time is over
                raise
            raise Refused("pattern_too_slow") from None
        except DataError:
            raise Refused("bad_pattern") from None
        self._seconds_left -= time.monotonic() - begun
