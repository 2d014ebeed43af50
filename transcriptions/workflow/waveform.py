"""The waveform of a recording, as far as it is prepared: each shard has its own peaks, which come and go with it."""

from transcriptions.engine.peaks import joined
from transcriptions.models import Shard


def of(transcript_id: int) -> bytes:
    """As engine.peaks gives it, from the recording's start: 36,000 bytes an hour."""
    shards = Shard.objects.filter(transcript_id=transcript_id).order_by("index")
    parts = shards.values_list("start_seconds", "peaks").iterator()
    return joined((start, bytes(peaks)) for start, peaks in parts)
