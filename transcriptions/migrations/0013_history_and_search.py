
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("transcriptions", "0012_search_functions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Lexeme',
            fields=[
                ('text', models.CharField(max_length=40, primary_key=True, serialize=False)),
            ],
            options={
                'verbose_name': 'lexeme',
                'verbose_name_plural': 'lexemes',
            },
        ),
        migrations.CreateModel(
            name='Passage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_position', models.PositiveIntegerField()),
                ('last_position', models.PositiveIntegerField()),
                ('start_seconds', models.FloatField()),
                ('vector', django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'verbose_name': 'passage',
                'verbose_name_plural': 'passages',
            },
        ),
        migrations.RemoveIndex(
            model_name='transcription',
            name='transcripti_user_id_34f042_idx',
        ),
        migrations.AddField(
            model_name='transcription',
            name='deleted_at',
            field=models.DateTimeField(blank=True, help_text='thrown away; it can be taken back for a while, then it is removed for good', null=True),
        ),
        migrations.AddField(
            model_name='transcription',
            name='is_archived',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='transcription',
            name='is_favourite',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='transcription',
            name='notes',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='transcription',
            name='sort_title',
            field=models.GeneratedField(db_persist=True, expression=models.Func('title', function='transcribe_sorting'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='transcription',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), blank=True, default=list, size=None),
        ),
        migrations.AddIndex(
            model_name='transcription',
            index=models.Index(fields=['user', '-created_at', '-id'], name='history_by_time'),
        ),
        migrations.AddIndex(
            model_name='transcription',
            index=models.Index(fields=['user', 'sort_title', 'id'], name='history_by_title'),
        ),
        migrations.AddIndex(
            model_name='transcription',
            index=models.Index(condition=models.Q(('deleted_at', None), _negated=True), fields=['user', '-deleted_at'], name='thrown_away'),
        ),
        migrations.AddField(
            model_name='passage',
            name='shard',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='transcriptions.shard'),
        ),
        migrations.AddField(
            model_name='passage',
            name='transcript',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='transcriptions.transcript'),
        ),
        migrations.AddField(
            model_name='transcription',
            name='words',
            field=models.GeneratedField(db_persist=True, expression=models.Func('title', 'notes', 'tags', function='transcribe_words'), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name='transcription',
            index=models.Index(condition=models.Q(('tags', []), _negated=True), fields=['user'], name='tagged'),
        ),
        migrations.AddIndex(
            model_name='transcription',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='entries_by_lexeme'),
        ),
        # Vectors beside the rows: which recordings match is told by the rows alone.
        migrations.RunSQL(
            'ALTER TABLE transcriptions_passage SET (toast_tuple_target = 128)', migrations.RunSQL.noop
        ),
        migrations.AddIndex(
            model_name='transcript',
            index=models.Index(fields=['language'], name='transcripts_by_language'),
        ),
        migrations.AddIndex(
            model_name='passage',
            index=models.Index(fields=['transcript', 'start_seconds'], name='passages_in_order'),
        ),
    ]
