"""Making what was said findable: passages of about a minute, and the lexemes in them. Finds nothing: see search.

Where somebody has corrected lines of a passage their entry has one of its own in its place, with the lines that begin
in its stretch of time and the first behind it. The text does not travel: each step is one statement over the rows that
are there.
"""

import uuid
from typing import Any

from django.db import connection

from transcriptions.models import Change, Passage, SegmentEdit

SECONDS = 60  # of a passage: words that are looked for together are found as near to each other as this
SHORTEST, LONGEST = 4, 40  # of lexemes that may be misspelled
MOST_CHARACTERS = 200_000  # of a passage that somebody has written: a vector holds no more than 1 MB

_PASSAGES = """
INSERT INTO transcriptions_passage (transcript_id, shard_id, first_position, last_position, start_seconds, vector)
SELECT transcript_id, shard_id, min(position), max(position) + 1, min(start_seconds), transcribe_vector(
    (SELECT transcribe_config(CASE WHEN options ->> 'task' = 'translate' THEN 'en' ELSE language END)
     FROM transcriptions_transcript WHERE id = line.transcript_id),
    string_agg(text, ' ' ORDER BY position) || ' ' || coalesce((array_agg(next_text ORDER BY position DESC))[1], '')
)
FROM (
    SELECT
        transcript_id, shard_id, position, start_seconds, text,
        lead(text) OVER (ORDER BY position) AS next_text,
        floor((start_seconds - min(start_seconds) OVER ()) / %s) AS part
    FROM transcriptions_segment
    WHERE shard_id = %s
) AS line
GROUP BY transcript_id, shard_id, part
RETURNING id, transcript_id
"""
_LEXEMES = """
INSERT INTO transcriptions_lexeme (text)
SELECT DISTINCT word FROM ({vectors}) AS found (vector), unnest(tsvector_to_array(vector)) AS word
WHERE length(word) BETWEEN %s AND %s
    AND NOT EXISTS (SELECT 1 FROM transcriptions_lexeme AS known WHERE known.text = word)
ORDER BY word
ON CONFLICT DO NOTHING
"""
# The stretches of a transcript that meet what has changed; the first one from the beginning, the last one to the end.
# What stands over a time is the nearest range that begins before: see lines.uncorrected.
_HIT = """
WITH stretch AS (
    SELECT shard_id, first_position, last_position,
        CASE WHEN row_number() OVER in_order = 1 THEN 0 ELSE start_seconds END AS begins,
        lead(start_seconds, 1, 'infinity') OVER in_order AS ends
    FROM transcriptions_passage WHERE transcript_id = %(transcript)s AND transcription_id IS NULL
    WINDOW in_order AS (ORDER BY start_seconds, shard_id)
), hit AS MATERIALIZED (
    SELECT * FROM stretch WHERE numrange(begins::numeric, ends::numeric, '[]') && ({changed})
)
"""
_BY_CHANGE = """
    SELECT range_agg(numrange(from_seconds::numeric, to_seconds::numeric, '[]')) FROM transcriptions_segmentedit
    WHERE made_by_id = %(key)s OR ended_by_id = %(key)s
"""
_BY_SHARD = """
    SELECT nummultirange(numrange(min(start_seconds)::numeric, coalesce((
        SELECT min(start_seconds) FROM transcriptions_passage
        WHERE transcript_id = %(transcript)s AND transcription_id IS NULL AND start_seconds > max(mine.start_seconds)
    ), 'infinity')::numeric, '[]'))
    FROM transcriptions_passage AS mine WHERE shard_id = %(key)s AND transcription_id IS NULL HAVING count(*) > 0
"""
_FORGET_OWN = """
DELETE FROM transcriptions_passage AS own USING hit
WHERE own.transcription_id = ANY(%(entries)s) AND own.shard_id = hit.shard_id
    AND own.first_position = hit.first_position
"""
_OWN = """
INSERT INTO transcriptions_passage (
    transcript_id, transcription_id, shard_id, first_position, last_position, start_seconds, end_seconds, vector
)
SELECT %(transcript)s, entry, shard_id, first_position, last_position, begins, ends, transcribe_vector(
    (SELECT transcribe_config(CASE WHEN options ->> 'task' = 'translate' THEN 'en' ELSE language END)
     FROM transcriptions_transcript WHERE id = %(transcript)s),
    left(coalesce(said, ''), %(longest)s)
)
FROM unnest(%(entries)s::uuid[]) AS entry, hit, LATERAL (
    SELECT concat(string_agg(text, ' ' ORDER BY start_seconds, first, place), ' ', string_agg(DISTINCT speaker, ' '))
    FROM (
        SELECT start_seconds, start_seconds AS first, position AS place, text, '' AS speaker
        FROM transcriptions_segment AS segment
        WHERE shard_id = hit.shard_id AND position BETWEEN first_position AND last_position AND coalesce((
            SELECT to_seconds FROM transcriptions_segmentedit
            WHERE transcription_id = entry AND transcript_id = %(transcript)s AND ended_by_id IS NULL
                AND from_seconds <= segment.start_seconds
            ORDER BY from_seconds DESC LIMIT 1
        ), -1) < start_seconds
        UNION ALL
        SELECT start_seconds, from_seconds, part, text, speaker FROM transcriptions_segmentedit
        WHERE transcription_id = entry AND transcript_id = %(transcript)s AND ended_by_id IS NULL
            AND from_seconds BETWEEN begins AND ends
    ) AS line
) AS every (said)
WHERE (
    SELECT to_seconds FROM transcriptions_segmentedit
    WHERE transcription_id = entry AND transcript_id = %(transcript)s AND ended_by_id IS NULL AND from_seconds <= ends
    ORDER BY from_seconds DESC LIMIT 1
) >= begins
RETURNING id
"""
_OF_PASSAGES = "SELECT vector FROM transcriptions_passage WHERE id = ANY(%s)"
_OF_ENTRY = "SELECT words FROM transcriptions_transcription WHERE id = %s"
_UNSAID = """
DELETE FROM transcriptions_lexeme AS lexeme
WHERE NOT EXISTS (SELECT 1 FROM transcriptions_passage WHERE vector @@ quote_literal(lexeme.text)::tsquery)
    AND NOT EXISTS (SELECT 1 FROM transcriptions_transcription WHERE words @@ quote_literal(lexeme.text)::tsquery)
"""


def index(shard_id: int) -> None:
    """The shard's segments, in place of what was there of them, and what was corrected meanwhile. Its transcript's row
    is locked, or nobody else knows of it."""
    Passage.objects.filter(shard_id=shard_id).delete()
    with connection.cursor() as cursor:
        cursor.execute(_PASSAGES, [SECONDS, shard_id])
        made = [(row[0], row[1]) for row in cursor.fetchall()]
    _learn(_OF_PASSAGES, [number for number, _ in made])
    if made:
        transcript_id = made[0][1]
        corrected = SegmentEdit.objects.filter(transcript=transcript_id, ended_by=None).order_by("transcription")
        entries = list(corrected.values_list("transcription", flat=True).distinct())
        _renew(transcript_id, entries, _BY_SHARD, shard_id)


def index_change(change: Change) -> None:
    """What was corrected, in the entry's own passages. No shard becomes findable, or goes, until this is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM transcriptions_transcript WHERE id = %s FOR SHARE", [change.transcript_id])
    _renew(change.transcript_id, [change.transcription_id], _BY_CHANGE, change.pk)


def _renew(transcript_id: int, entries: list[uuid.UUID], changed: str, key: int) -> None:
    if not entries:
        return
    hit = _HIT.format(changed=changed)
    given: dict[str, Any] = {"transcript": transcript_id, "entries": entries, "key": key, "longest": MOST_CHARACTERS}
    with connection.cursor() as cursor:
        cursor.execute(hit + _FORGET_OWN, given)
        cursor.execute(hit + _OWN, given)
        made = [number for (number,) in cursor.fetchall()]
    _learn(_OF_PASSAGES, made)


def learn_entry(entry_id: uuid.UUID) -> None:
    """The words of an entry's title, tags and notes; its vector is the database's own."""
    _learn(_OF_ENTRY, entry_id)


def _learn(vectors: str, key: list[int] | uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LEXEMES.format(vectors=vectors), [key, SHORTEST, LONGEST])


def forget_what_nobody_says() -> int:
    """Lexemes that stand in no vector any more, such as names in what was deleted."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSAID)
        return int(cursor.rowcount)
