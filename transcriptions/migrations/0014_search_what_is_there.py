"""Passages and lexemes of the transcripts that are there already. Takes about two minutes for 1,000 hours."""

import django.contrib.postgres.indexes
from django.db import migrations

PASSAGES = """
INSERT INTO transcriptions_passage (transcript_id, shard_id, first_position, last_position, start_seconds, vector)
SELECT transcript_id, shard_id, min(position), max(position) + 1, min(start_seconds), transcribe_vector(
    transcribe_config(max(language)),
    string_agg(text, ' ' ORDER BY position) || ' ' || coalesce((array_agg(next_text ORDER BY position DESC))[1], '')
)
FROM (
    SELECT
        segment.transcript_id, segment.shard_id, position, segment.start_seconds, text,
        lead(text) OVER (PARTITION BY segment.shard_id ORDER BY position) AS next_text,
        floor((segment.start_seconds - shard.start_seconds) / 60) AS minute,
        CASE WHEN options ->> 'task' = 'translate' THEN 'en' ELSE language END AS language
    FROM transcriptions_segment AS segment
    JOIN transcriptions_shard AS shard ON shard.id = segment.shard_id
    JOIN transcriptions_transcript AS transcript ON transcript.id = segment.transcript_id
    WHERE shard.state = 'done'
) AS line
GROUP BY transcript_id, shard_id, minute
"""
LEXEMES = """
INSERT INTO transcriptions_lexeme (text)
SELECT word FROM (
    SELECT unnest(tsvector_to_array(vector)) AS word FROM transcriptions_passage
    UNION SELECT unnest(tsvector_to_array(words)) FROM transcriptions_transcription
) AS known
WHERE length(word) BETWEEN 4 AND 40
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [
        ("transcriptions", "0013_history_and_search"),
    ]

    operations = [
        migrations.RunSQL(PASSAGES, migrations.RunSQL.noop),
        migrations.RunSQL(LEXEMES, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),  # else no index can be made yet
        migrations.AddIndex(
            model_name='passage',
            index=django.contrib.postgres.indexes.GinIndex(fields=['vector'], gin_pending_list_limit=256, name='passages_by_lexeme'),
        ),
        migrations.AddIndex(
            model_name='lexeme',
            index=django.contrib.postgres.indexes.GinIndex(fields=['text'], name='lexemes_by_trigram', opclasses=['gin_trgm_ops']),
        ),
    ]
