"""When a transcript will be done, from what has been measured here."""

from dataclasses import dataclass
from statistics import median

from transcriptions.models import Transcript

PRIOR_SPEED = 5.0  # seconds of recording a second, before anything was measured: base on two slow cores
RECENT = 20


@dataclass(frozen=True)
class Progress:
    """`fraction` is 0 to 1 and `seconds_left` a guess; both None while the recording's length is not known."""

    fraction: float | None
    seconds_left: float | None


def progress(transcript: Transcript, speed: float) -> Progress:
    """How far it is, and how long it takes at so many seconds of recording a second."""
    total = transcript.duration_seconds or transcript.media.duration_seconds
    if not total:
        return Progress(None, None)
    left = max(total - transcript.recognised_seconds, 0.0)
    return Progress(fraction=1 - left / total, seconds_left=left / speed)


def usual_speed(model: str) -> float:
    """Seconds of recording recognised in a second of work, the median of the last ones with this model."""
    done = Transcript.objects.filter(state=Transcript.State.DONE, options__model=model, duration_seconds__gt=0)
    speeds = [
        transcript.duration_seconds / seconds
        for transcript in done.order_by("-finished_at")[:RECENT]
        if transcript.duration_seconds and (seconds := transcript.timings.get("recognise_seconds"))
    ]
    return median(speeds) if speeds else PRIOR_SPEED
