
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("transcriptions", "0024_wishes_about_models"),
    ]

    operations = [
        migrations.AddField(
            model_name='passage',
            name='end_seconds',
            field=models.FloatField(blank=True, help_text="of an entry's own: where the next one begins, infinity for the last", null=True),
        ),
        migrations.AddField(
            model_name='passage',
            name='transcription',
            field=models.ForeignKey(blank=True, db_index=False, help_text='whose corrections are in it; empty: what was recognised', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='transcriptions.transcription'),
        ),
        migrations.AddConstraint(
            model_name='passage',
            constraint=models.UniqueConstraint(condition=models.Q(('transcription', None), _negated=True), fields=('transcription', 'shard', 'first_position'), name='one_own_passage_a_place'),
        ),
    ]
