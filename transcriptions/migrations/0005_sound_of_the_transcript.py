"""What the sound is like belongs to the track that was transcribed, not to the file."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def bring_along(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    media = apps.get_model("transcriptions", "Media").objects.filter(pk=models.OuterRef("media_id"))
    transcripts = apps.get_model("transcriptions", "Transcript").objects
    transcripts.update(sound=models.Subquery(media.values("sound")[:1]))
    for transcript in transcripts.exclude(sound={}):
        transcript.sound.setdefault("raised_db", 0.0)
        transcript.save(update_fields=["sound"])


class Migration(migrations.Migration):
    dependencies = [("transcriptions", "0004_speed")]

    operations = [
        migrations.AddField("media", "bit_rate", models.PositiveBigIntegerField(blank=True, help_text="bits a second, of all together", null=True)),
        migrations.AddField("media", "video_codec", models.CharField(blank=True, default="", help_text="empty where there are no pictures", max_length=50), preserve_default=False),
        migrations.AddField("transcript", "sound", models.JSONField(blank=True, default=dict, help_text="once decoded: seconds, levels in dB, share that is clipped or silent, times of errors")),
        migrations.RunPython(bring_along, migrations.RunPython.noop),
        migrations.RemoveField("media", "sound"),
    ]
