from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transcriptions", "0010_peaks")]

    operations = [
        migrations.AlterField(
            model_name="rendition",
            name="kind",
            field=models.CharField(
                choices=[
                    ("proxy", "form that browsers play"),
                    ("subtitled", "video with subtitles in the picture"),
                    ("inside", "recording with subtitles to turn on and off"),
                ],
                max_length=9,
            ),
        ),
    ]
