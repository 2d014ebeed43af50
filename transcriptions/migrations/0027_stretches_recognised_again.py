
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("transcriptions", "0026_search_corrections_that_are_there"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='change',
            name='kind',
            field=models.CharField(choices=[('text', 'text'), ('split', 'split'), ('join', 'joined'), ('times', 'times'), ('speaker', 'speaker'), ('rename', 'speaker renamed'), ('check', 'checked'), ('replace', 'replaced'), ('revert', 'back to the original'), ('reheard', 'recognised again'), ('undo', 'undone'), ('redo', 'done again')], max_length=8),
        ),
        migrations.CreateModel(
            name='Rehearing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('lease_owner', models.CharField(blank=True, max_length=120)),
                ('lease_expires_at', models.DateTimeField(blank=True, null=True)),
                ('from_seconds', models.FloatField(help_text='where the first segment under it starts')),
                ('to_seconds', models.FloatField(help_text='where the last segment under it starts')),
                ('start_seconds', models.FloatField(help_text='of the sound')),
                ('end_seconds', models.FloatField()),
                ('options', models.JSONField()),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=7)),
                ('error_code', models.CharField(blank=True, max_length=40)),
                ('error_detail', models.TextField(blank=True, help_text='for the operator')),
                ('heard_seconds', models.FloatField(default=0.0, help_text='of the stretch, while it is recognised')),
                ('segments', models.JSONField(blank=True, default=list, help_text='[start, end, text, words] each')),
                ('created_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField()),
                ('transcript', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='transcriptions.transcript')),
                ('transcription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rehearings', to='transcriptions.transcription')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'stretch recognised again',
                'verbose_name_plural': 'stretches recognised again',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['created_at'], name='waiting_rehearings')],
                'constraints': [models.UniqueConstraint(fields=('transcription', 'user'), name='one_rehearing_a_person')],
            },
        ),
    ]
