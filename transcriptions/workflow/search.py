"""Finding what was said, and how it is called, in one person's history. Writes nothing: see passages.

What was typed is read in every language that is spoken here: it is stemmed as the transcripts in that language are.
Words count that stand in one passage, or in the title, tags and notes of one entry. Where little is found, words that
are spelled nearly so count, too.
"""

import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from transcriptions.models import Transcription

LONGEST, MOST_TERMS = 200, 12  # of what is typed: characters, words
SHORTEST_PREFIX = 3
PAGE = 10
FEW = 3  # recordings: with fewer, words that are spelled nearly so count, too
NEAR, NEAREST = 0.4, 5  # trigram similarity of a lexeme that may be meant; how many
PASSAGES, LINES = 3, 3  # of each recording in a list
ALL_PASSAGES, ALL_LINES = 100, 200  # of one recording alone
MARK, END, INSERTED = "\x02", "\x03", "\x1f"  # the last by transcribe_plain

_READINGS = """
WITH RECURSIVE spoken AS (
    (SELECT language FROM transcriptions_transcript ORDER BY language LIMIT 1)
    UNION ALL
    SELECT (SELECT language FROM transcriptions_transcript WHERE language > spoken.language ORDER BY language LIMIT 1)
    FROM spoken WHERE spoken.language IS NOT NULL
), config AS (
    SELECT 'transcribe_simple'::regconfig AS config
    UNION
    SELECT transcribe_config(language) FROM (SELECT language FROM spoken UNION SELECT 'en') AS known
)
SELECT
    config::oid,
    array_agg((
        CASE suffix WHEN '' THEN to_tsquery(config, quoted)
        ELSE to_tsquery(config, quoted) || to_tsquery('transcribe_simple', quoted || suffix) END
    )::text ORDER BY place),
    array_agg(array_to_string(tsvector_to_array(transcribe_vector(config, typed)), ' ') ORDER BY place)
FROM config, unnest(%s::text[], %s::text[]) WITH ORDINALITY AS term (typed, suffix, place),
    LATERAL (SELECT '''' || transcribe_plain(typed) || '''') AS safe (quoted)
GROUP BY config
"""
_NEAR = """
SELECT meant, near.text
FROM unnest(%s::text[]) AS meant, LATERAL (
    SELECT text, similarity(text, meant) AS nearness FROM transcriptions_lexeme
    WHERE text %% meant AND similarity(text, meant) >= %s ORDER BY nearness DESC, text LIMIT %s
) AS near
"""
# A passage of an entry's own stands in the place of the one that has what was recognised there. OFFSET 0 has the
# passages of one recording read in order, and the big index asked once.
# A single value in the place of NOT EXISTS: that may be planned as reading every passage there is.
_ENTRIES = """
WITH hit AS MATERIALIZED (
    SELECT DISTINCT transcript_id, transcription_id FROM transcriptions_passage WHERE vector @@ %(all)s::tsquery
)
SELECT id FROM transcriptions_transcription AS entry
WHERE user_id = %(user)s AND deleted_at IS NULL AND (created_at, id) < (%(before)s, %(than)s) AND (
    words @@ %(all)s::tsquery
    OR (transcript_id, id) IN (SELECT transcript_id, transcription_id FROM hit WHERE transcription_id IS NOT NULL)
    OR transcript_id IN (SELECT transcript_id FROM hit WHERE transcription_id IS NULL) AND (
        (SELECT transcription_id FROM transcriptions_passage WHERE transcription_id = entry.id LIMIT 1) IS NULL
        OR EXISTS (
            SELECT FROM (SELECT * FROM transcriptions_passage WHERE transcript_id = entry.transcript_id OFFSET 0) AS its
            WHERE transcription_id IS NULL AND vector @@ %(all)s::tsquery AND NOT EXISTS (
                SELECT FROM transcriptions_passage AS own WHERE own.transcription_id = entry.id
                    AND own.shard_id = its.shard_id AND own.first_position = its.first_position
            )
        )
    )
)
ORDER BY created_at DESC, id DESC
LIMIT %(limit)s
"""
_LINES = """
WITH entry AS MATERIALIZED (
    SELECT entry.id, transcript_id,
        transcribe_config(CASE WHEN options ->> 'task' = 'translate' THEN 'en' ELSE language END) AS config
    FROM transcriptions_transcription AS entry
    JOIN transcriptions_transcript AS transcript ON transcript.id = transcript_id
    WHERE entry.id = ANY(%(entries)s)
), place AS MATERIALIZED (
    SELECT passage.*, entry.id, transcript_id, config
    FROM entry, LATERAL (
        SELECT transcription_id, shard_id, first_position, last_position, start_seconds AS begins, end_seconds AS ends
        FROM (SELECT * FROM transcriptions_passage WHERE transcript_id = entry.transcript_id OFFSET 0) AS its
        WHERE vector @@ %(all)s::tsquery AND (
            transcription_id = entry.id OR transcription_id IS NULL AND NOT EXISTS (
                SELECT FROM transcriptions_passage AS own WHERE own.transcription_id = entry.id
                    AND own.shard_id = its.shard_id AND own.first_position = its.first_position
            )
        )
        ORDER BY start_seconds LIMIT %(passages)s
    ) AS passage
), said AS (
    SELECT place.id, config, segment.id AS row, 0 AS version, start_seconds, text
    FROM place
    JOIN transcriptions_segment AS segment ON segment.shard_id = place.shard_id
        AND position BETWEEN first_position AND last_position
    WHERE transcription_id IS NULL OR coalesce((
        SELECT to_seconds FROM transcriptions_segmentedit
        WHERE transcription_id = place.id AND transcript_id = place.transcript_id AND ended_by_id IS NULL
            AND from_seconds <= segment.start_seconds
        ORDER BY from_seconds DESC LIMIT 1
    ), -1) < start_seconds
    UNION
    SELECT place.id, config, 0, edit.id, start_seconds, concat(nullif(speaker, '') || ': ', text)
    FROM place
    JOIN transcriptions_segmentedit AS edit ON edit.transcription_id = place.transcription_id
        AND edit.transcript_id = place.transcript_id AND ended_by_id IS NULL AND from_seconds BETWEEN begins AND ends
), best AS (
    SELECT *, row_number() OVER (
        PARTITION BY id ORDER BY ts_rank(vector, %(all)s::tsquery) DESC, start_seconds, row, version
    ) AS place
    FROM said, LATERAL transcribe_vector(config, text) AS vector
    WHERE vector @@ %(any)s::tsquery
)
SELECT id, start_seconds, text, ts_headline(
    config, transcribe_plain(text), %(any)s::tsquery, 'HighlightAll=true, StartSel="\x02", StopSel="\x03"'
)
FROM best WHERE place <= %(lines)s ORDER BY id, start_seconds, row, version
"""


@dataclass(frozen=True)
class Query:
    """As tsquery texts. all: what a passage must have. any: what is marked in it. Empty: nothing to look for."""

    all: str
    any: str


@dataclass(frozen=True)
class Line:
    """pieces: of its text, and whether each is one of the words that were looked for. Before a text that somebody has
    corrected stands who speaks, where that was said."""

    start_seconds: float
    pieces: tuple[tuple[str, bool], ...]


@dataclass
class Found:
    entry: Transcription
    lines: list[Line] = field(default_factory=list)
    is_cut: bool = False  # there may be more lines


@dataclass(frozen=True)
class Results:
    """is_empty: only words were typed that are in everything. is_near: words that are spelled nearly so count, too."""

    found: list[Found]
    has_more: bool = False
    is_empty: bool = False
    is_near: bool = False


After = tuple[datetime, uuid.UUID]


def find(*, user: User, typed: str, after: After | None = None, near: bool = False) -> Results:
    """A page of recordings, newest first, those behind one of them; near: as the page before it was."""
    readings = _read(typed)
    query = _query(readings)
    if not query.all:
        return Results([], is_empty=True)
    ids = _entries(user, _with_near(readings) if near else query, after)
    if not near and after is None and len(ids) < FEW:
        wider = _with_near(readings)
        if wider != query and len(more := _entries(user, wider, after)) > len(ids):
            query, ids, near = wider, more, True
    elif near:
        query = _with_near(readings)
    return Results(_found(ids[:PAGE], query), has_more=len(ids) > PAGE, is_near=near)


def find_in(*, entry: Transcription, typed: str) -> Results:
    """All lines of one recording."""
    readings = _read(typed)
    query = _query(readings)
    if not query.all:
        return Results([], is_empty=True)
    lines = _lines([entry.pk], query, ALL_PASSAGES, ALL_LINES)
    is_near = not lines
    if is_near:
        lines = _lines([entry.pk], _with_near(readings), ALL_PASSAGES, ALL_LINES)
    found = Found(entry, lines.get(entry.pk, []))
    return Results([found], is_near=is_near)


@dataclass(frozen=True)
class _Reading:
    """What was typed, term by term, as one configuration reads it; its lexemes."""

    terms: list[str]
    lexemes: list[list[str]]


def _read(typed: str) -> list[_Reading]:
    terms = _terms(typed)
    if not terms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_READINGS, [[text for text, _ in terms], [suffix for _, suffix in terms]])
        return [_Reading(queries, [words.split() for words in lexemes]) for _, queries, lexemes in cursor.fetchall()]


def _terms(typed: str) -> list[tuple[str, str]]:
    """Words, and phrases in quotation marks; the last word may go on, unless something stands behind it.

    As it is typed, not its stem, or "conta" would find "contra".
    """
    typed = typed.replace("\0", " ").replace("“", '"').replace("”", '"')[:LONGEST]
    found = [(phrase or word.strip('"'), bool(word)) for phrase, word in re.findall(r'"([^"]+)"|(\S+)', typed)]
    terms = [(text, is_word) for text, is_word in found if any(letter.isalnum() for letter in text)][:MOST_TERMS]
    last = len(terms) - 1
    goes_on = typed[-1:].isalnum()
    return [
        (text, ":*" if place == last and goes_on and is_word and _may_go_on(text) else "")
        for place, (text, is_word) in enumerate(terms)
    ]


def _may_go_on(word: str) -> bool:
    """Not where each character is a word: see transcribe_plain."""
    return len(word) >= SHORTEST_PREFIX and max(word) < "\u0e00"


def _query(readings: Sequence[_Reading]) -> Query:
    every = {_joined(reading.terms, "&") for reading in readings} - {""}
    some = {term for reading in readings for term in reading.terms} - {""}
    return Query(_joined(sorted(every), "|"), _joined(sorted(some), "|"))


def _joined(queries: Sequence[str], operator: str) -> str:
    return f" {operator} ".join(f"({query})" for query in queries if query)


def _with_near(readings: Sequence[_Reading]) -> Query:
    """Each word, or one that is spelled nearly so."""
    wanted = sorted({word for reading in readings for words in reading.lexemes for word in words})
    near: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [wanted, NEAR, NEAREST])
        for meant, lexeme in cursor.fetchall():
            near.setdefault(meant, []).append(_quoted(lexeme))
    widened = [
        _Reading([_widened(term, words, near) for term, words in zip(r.terms, r.lexemes, strict=True)], r.lexemes)
        for r in readings
    ]
    return _query(widened)


def _widened(term: str, words: list[str], near: dict[str, list[str]]) -> str:
    """A phrase stays as it is."""
    if not term or "<" in term:
        return term
    return _joined([term, _joined([_joined([_quoted(word), *near.get(word, [])], "|") for word in words], "&")], "|")


def _quoted(lexeme: str) -> str:
    doubled = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


@contextmanager
def _planned() -> Iterator[Any]:
    """Vectors lie beside their rows, which the planner does not count: reading all of them costs more than it thinks,
    and no plan here is worth compiling."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off")
        yield cursor


def _entries(user: User, query: Query, after: After | None) -> list[uuid.UUID]:
    """One more than a page, where there are more."""
    before, than = after or ("infinity", uuid.UUID(int=2**128 - 1))
    given: dict[str, Any] = {"user": user.pk, "all": query.all, "before": before, "than": than, "limit": PAGE + 1}
    with _planned() as cursor:
        cursor.execute(_ENTRIES, given)
        return [key for (key,) in cursor.fetchall()]


def _found(ids: list[uuid.UUID], query: Query) -> list[Found]:
    entries = Transcription.objects.select_related("transcript__media").in_bulk(ids)
    found = [Found(entries[key]) for key in ids if key in entries]
    lines = _lines([one.entry.pk for one in found], query, PASSAGES, LINES + 1)
    for one in found:
        its = lines.get(one.entry.pk, [])
        one.lines, one.is_cut = its[:LINES], len(its) > LINES
    return found


def _lines(entries: list[uuid.UUID], query: Query, passages: int, lines: int) -> dict[uuid.UUID, list[Line]]:
    wanted: dict[str, Any] = {"all": query.all, "any": query.any, "passages": passages, "lines": lines}
    found: dict[uuid.UUID, list[Line]] = {}
    with _planned() as cursor:
        cursor.execute(_LINES, {**wanted, "entries": entries})
        for key, start, text, marked in cursor.fetchall():
            found.setdefault(key, []).append(Line(start, _pieces(text, marked)))
    return found


def _pieces(text: str, marked: str) -> tuple[tuple[str, bool], ...]:
    """The marks were set in the text as transcribe_plain has it, which is the same but for what it inserts."""
    pieces: list[tuple[str, bool]] = []
    at, is_marked = 0, False
    for part in re.split(f"([{MARK}{END}])", marked.replace(INSERTED, "")):
        if part in {MARK, END}:
            is_marked = part == MARK
        elif part:
            its = text[at : at + len(part)]
            at += len(part)
            if pieces and pieces[-1][1] == is_marked:
                its = pieces.pop()[0] + its
            pieces.append((its, is_marked))
    return tuple(pieces)
