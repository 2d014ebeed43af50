from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transcriptions", "0018_takeouts")]

    operations = [
        migrations.AddField(
            model_name="rendition",
            name="form",
            field=models.JSONField(
                blank=True, default=dict, help_text="of a document: its format, and the shape somebody wants it in"
            ),
        ),
        migrations.AlterField(
            model_name="rendition",
            name="kind",
            field=models.CharField(
                choices=[
                    ("proxy", "form that browsers play"),
                    ("subtitled", "video with subtitles in the picture"),
                    ("inside", "recording with subtitles to turn on and off"),
                    ("document", "text as a document"),
                ],
                max_length=9,
            ),
        ),
        migrations.RemoveConstraint(model_name="rendition", name="one_rendition_of_a_kind"),
        migrations.AddConstraint(
            model_name="rendition",
            constraint=models.UniqueConstraint(
                fields=["media", "kind", "transcription", "form"], nulls_distinct=False, name="one_rendition_of_a_form"
            ),
        ),
    ]
