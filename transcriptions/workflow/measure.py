"""What a finished transcript teaches about the next ones. Left out is what was cancelled or failed and tried again.

The time from the first claim to the end belongs to everything that was worked on meanwhile. Of it, a transcript is
given the share that its recording has of the work done in that time: ten recordings at once teach the same as one after
another. What others did is taken to have been done evenly from their beginning to their end. With several speech
workers the time counts for each of them, because they take shards of the same recording.
"""

from datetime import datetime

from django.db.models import Q

from transcriptions import configuration, estimate, forecasts, pace
from transcriptions.models import Speed, Transcript


def forecast_error(transcript: Transcript, now: datetime) -> float | None:
    """What was said too much, of the time it took since it was brought: 1 is twice as long, -0.5 half of it."""
    took = (now - transcript.created_at).total_seconds()
    if transcript.forecast_seconds is None or took <= 0:
        return None
    return round(transcript.forecast_seconds / took - 1, 4)


def learn(transcript: Transcript, now: datetime) -> None:
    """In the transaction that ends it, last: the row of the speed is locked until then, after the transcript's."""
    error, seconds = forecast_error(transcript, now), _worked_seconds(transcript, now)
    if error is None or seconds is None or not transcript.duration_seconds:
        return
    model, preset = estimate.kind(transcript)
    row, _ = Speed.objects.select_for_update().get_or_create(
        model=model, preset=preset, device=str(configuration.device()), defaults={"measured_at": now}
    )
    pace.take_in(row, transcript.duration_seconds, seconds)
    row.errors = forecasts.counted(row.errors, abs(error))
    row.error_sum += abs(error)
    row.measured_at = now
    row.save()


def _worked_seconds(transcript: Transcript, now: datetime) -> float | None:
    """Seconds of one speech worker; None where there was nothing to recognise."""
    begun, length = transcript.started_at, transcript.duration_seconds
    if not begun or not length or now <= begun or not transcript.first_segment_at:
        return None
    known = estimate.paces()
    own = length * known.of(*estimate.kind(transcript)).seconds_a_second
    others = sum(
        recognised * known.of(model, preset).seconds_a_second * _overlap(started_at, finished_at or now, begun, now)
        for started_at, finished_at, recognised, model, preset in _others(transcript, begun)
    )
    return (now - begun).total_seconds() * estimate.workers() * own / (own + others)


def _others(transcript: Transcript, begun: datetime) -> list[tuple[datetime, datetime | None, float, str, str | None]]:
    """Whatever has been worked on since then."""
    meanwhile = Q(state__in=Transcript.LIVE) | Q(finished_at__gt=begun)
    rows = Transcript.objects.filter(meanwhile, started_at__isnull=False, recognised_seconds__gt=0)
    fields = ("started_at", "finished_at", "recognised_seconds", "options__model", "options__preset")
    rows = rows.exclude(figures__has_key="copied_from")  # nobody worked on those
    return list(rows.exclude(pk=transcript.pk).order_by("pk").values_list(*fields))


def _overlap(first: datetime, last: datetime, begun: datetime, now: datetime) -> float:
    """How much of the time from `first` to `last` lies between `begun` and `now`, 0 to 1."""
    both = (min(last, now) - max(first, begun)).total_seconds()
    return max(both, 0.0) / max((last - first).total_seconds(), 0.001)
