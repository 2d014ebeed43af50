"""What is kept, in bytes by its kind, as the rows have it; `manage.py storage_report` compares them with the files."""

from django.db.models import F, FloatField, Sum

from transcriptions.engine.values import BYTES_PER_SECOND
from transcriptions.models import Media, Rendition, Shard, Takeout, Transcript


def by_kind() -> dict[str, int]:
    sound = Sum((F("end_seconds") - F("start_seconds")) * BYTES_PER_SECOND, output_field=FloatField(), default=0.0)
    waiting = Shard.objects.filter(state=Shard.State.OFFERED).exclude(storage_key="")
    return {
        "media": Media.objects.exclude(storage_key="").aggregate(of=Sum("size_bytes", default=0))["of"],
        "renditions": Rendition.objects.aggregate(of=Sum("size_bytes", default=0))["of"],
        "shards": round(waiting.aggregate(of=sound)["of"]),
        "takeouts": Takeout.objects.aggregate(of=Sum("size_bytes", default=0))["of"],
        "text": Transcript.objects.aggregate(of=Sum("size_bytes", default=0))["of"],
    }
