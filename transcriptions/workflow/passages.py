"""Making what was said findable: passages of about a minute, and the lexemes in them. Finds nothing: see search.

The text does not travel: each step is one statement over the rows that are there.
"""

import uuid

from django.db import connection

from transcriptions.models import Passage

SECONDS = 60  # of a passage: words that are looked for together are found as near to each other as this
SHORTEST, LONGEST = 4, 40  # of lexemes that may be misspelled

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
"""
_LEXEMES = """
INSERT INTO transcriptions_lexeme (text)
SELECT DISTINCT word FROM ({vectors}) AS found (vector), unnest(tsvector_to_array(vector)) AS word
WHERE length(word) BETWEEN %s AND %s
    AND NOT EXISTS (SELECT 1 FROM transcriptions_lexeme AS known WHERE known.text = word)
ORDER BY word
ON CONFLICT DO NOTHING
"""
_OF_SHARD = "SELECT vector FROM transcriptions_passage WHERE shard_id = %s"
_OF_ENTRY = "SELECT words FROM transcriptions_transcription WHERE id = %s"
_UNSAID = """
DELETE FROM transcriptions_lexeme AS lexeme
WHERE NOT EXISTS (SELECT 1 FROM transcriptions_passage WHERE vector @@ quote_literal(lexeme.text)::tsquery)
    AND NOT EXISTS (SELECT 1 FROM transcriptions_transcription WHERE words @@ quote_literal(lexeme.text)::tsquery)
"""


def index(shard_id: int) -> None:
    """The shard's segments, in place of what was there of them."""
    Passage.objects.filter(shard_id=shard_id).delete()
    with connection.cursor() as cursor:
        cursor.execute(_PASSAGES, [SECONDS, shard_id])
    _learn(_OF_SHARD, shard_id)


def learn_entry(entry_id: uuid.UUID) -> None:
    """The words of an entry's title, tags and notes; its vector is the database's own."""
    _learn(_OF_ENTRY, entry_id)


def _learn(vectors: str, key: int | uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LEXEMES.format(vectors=vectors), [key, SHORTEST, LONGEST])


def forget_what_nobody_says() -> int:
    """Lexemes that stand in no vector any more, such as names in what was deleted."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSAID)
        return int(cursor.rowcount)
