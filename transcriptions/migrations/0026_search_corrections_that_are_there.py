"""Own passages of the texts that were corrected before: entry by entry, so nobody waits long for any of them."""

from django.db import migrations

PASSAGES = """
WITH stretch AS (
    SELECT shard_id, first_position, last_position,
        CASE WHEN row_number() OVER in_order = 1 THEN 0 ELSE start_seconds END AS begins,
        lead(start_seconds, 1, 'infinity') OVER in_order AS ends
    FROM transcriptions_passage WHERE transcript_id = %(transcript)s AND transcription_id IS NULL
    WINDOW in_order AS (ORDER BY start_seconds, shard_id)
)
INSERT INTO transcriptions_passage (
    transcript_id, transcription_id, shard_id, first_position, last_position, start_seconds, end_seconds, vector
)
SELECT %(transcript)s, %(entry)s, shard_id, first_position, last_position, begins, ends, transcribe_vector(
    (SELECT transcribe_config(CASE WHEN options ->> 'task' = 'translate' THEN 'en' ELSE language END)
     FROM transcriptions_transcript WHERE id = %(transcript)s),
    left(coalesce(said, ''), 200000)
)
FROM stretch AS hit, LATERAL (
    SELECT concat(string_agg(text, ' ' ORDER BY start_seconds, first, place), ' ', string_agg(DISTINCT speaker, ' '))
    FROM (
        SELECT start_seconds, start_seconds AS first, position AS place, text, '' AS speaker
        FROM transcriptions_segment AS segment
        WHERE shard_id = hit.shard_id AND position BETWEEN first_position AND last_position AND coalesce((
            SELECT to_seconds FROM transcriptions_segmentedit
            WHERE transcription_id = %(entry)s AND transcript_id = %(transcript)s AND ended_by_id IS NULL
                AND from_seconds <= segment.start_seconds
            ORDER BY from_seconds DESC LIMIT 1
        ), -1) < start_seconds
        UNION ALL
        SELECT start_seconds, from_seconds, part, text, speaker FROM transcriptions_segmentedit
        WHERE transcription_id = %(entry)s AND transcript_id = %(transcript)s AND ended_by_id IS NULL
            AND from_seconds BETWEEN begins AND ends
    ) AS line
) AS every (said)
WHERE (
    SELECT to_seconds FROM transcriptions_segmentedit
    WHERE transcription_id = %(entry)s AND transcript_id = %(transcript)s AND ended_by_id IS NULL AND from_seconds <= ends
    ORDER BY from_seconds DESC LIMIT 1
) >= begins
ON CONFLICT DO NOTHING
"""
LEXEMES = """
INSERT INTO transcriptions_lexeme (text)
SELECT DISTINCT word FROM transcriptions_passage, unnest(tsvector_to_array(vector)) AS word
WHERE transcription_id = %(entry)s AND length(word) BETWEEN 4 AND 40
ORDER BY word
ON CONFLICT DO NOTHING
"""


def index(apps, schema_editor):
    edits = apps.get_model("transcriptions", "SegmentEdit").objects.filter(ended_by=None).order_by("transcription")
    corrected = edits.values_list("transcription", "transcript").distinct()
    with schema_editor.connection.cursor() as cursor:
        for entry, transcript in list(corrected):
            cursor.execute(PASSAGES, {"entry": entry, "transcript": transcript})
            cursor.execute(LEXEMES, {"entry": entry})


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("transcriptions", "0025_passages_of_corrections"),
    ]

    operations = [
        migrations.RunPython(index, migrations.RunPython.noop),
    ]
