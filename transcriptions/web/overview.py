"""The operator's first page: what runs, waits and failed, how fast it goes, how full it is. Figures, never a text."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from transcriptions import backlog, days, health, kept, storage, tally
from transcriptions.health import State, work
from transcriptions.models import Delivery, Speed, Transcript, WorkerProcess
from transcriptions.tally import Tally
from transcriptions.web.charts import Chart, chart
from transcriptions.workflow import cache, wishes

DAYS = 14
RECENT = timedelta(days=1)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """For staff; the address says so."""
    now = timezone.now()
    alive = work.alive()
    context = {
        **admin.site.each_context(request),
        "title": _("Overview"),
        "findings": [(name, found) for name, found in health.look().items() if found.state != State.GOOD],
        "states": list(_states()),
        "waiting": backlog.waiting(now),
        "held": {kind: count for kind, count in backlog.held(now).items() if count},
        "failed": list(_failed(now)),
        "deliveries": _deliveries(now),
        "workers": [(worker, filesizeformat(worker.figures.get("resident_bytes", 0))) for worker in alive],
        "wishes": wishes.waiting(now).count(),
        "speeds": [(speed, _times(speed)) for speed in Speed.objects.order_by("model", "device", "preset")],
        "charts": list(_charts(now)),
        "cache": tally.total(),
        "contents": cache.contents(),
        "disk": storage.room(),
        "free": {worker.host: worker.figures["free_bytes"] for worker in alive if "free_bytes" in worker.figures},
        "stored": kept.by_kind(),
        "gpus": list(_gpus(alive)),
    }
    return render(request, "admin/overview.html", context)


def _states() -> Iterator[tuple[str, str, int]]:
    live = Transcript.objects.filter(state__in=Transcript.LIVE)
    counts = dict(live.order_by().values_list("state").annotate(count=Count("pk")))
    for state in Transcript.LIVE:
        yield state.value, str(state.label), counts.get(state, 0)


def _failed(now: datetime) -> Iterator[tuple[str, int]]:
    """Of what was brought in the last day, by what went wrong; the most frequent first."""
    failed = Transcript.objects.filter(state=Transcript.State.FAILED, created_at__gt=now - RECENT)
    yield from failed.values_list("error_code").annotate(count=Count("pk")).order_by("-count", "error_code")


def _deliveries(now: datetime) -> dict[str, int]:
    recent = Delivery.objects.filter(created_at__gt=now - RECENT)
    return {
        "waiting": Delivery.objects.filter(state=Delivery.State.WAITING).count(),
        "failed": recent.filter(state=Delivery.State.FAILED).count(),
    }


def _times(speed: Speed) -> float:
    """As fast as a recording is played; 0 before anything was measured."""
    return 1 / speed.seconds_a_second if speed.seconds_a_second else 0.0


def _gpus(alive: list[WorkerProcess]) -> Iterator[tuple[str, dict[str, Any]]]:
    seen = {(worker.host, gpu["index"]): gpu for worker in alive for gpu in worker.figures.get("gpus", ())}
    for (host, index), gpu in sorted(seen.items()):
        yield f"{host}, {index}", gpu


def _charts(now: datetime) -> Iterator[tuple[str, str, Chart]]:
    """Each with the figure of today."""
    done = days.last(DAYS, now)
    looked = tally.by_day(done[0].day)
    names = [date_format(day.day, "SHORT_DATE_FORMAT") for day in done]
    lines = (
        (_("Hours of recordings a day"), [day.seconds / 3600 for day in done], "", 1),
        (_("From begin to end, of the recordings' length"), [day.real_time_ratio for day in done], "", 2),
        (_("Recordings done"), [day.done for day in done], "", 0),
        (_("Recordings failed"), [day.failed for day in done], "", 0),
        (_("Used again, of all that came"), [100 * looked.get(day.day, Tally()).hit_rate for day in done], " %", 1),
    )
    for title, figures, unit, places in lines:
        written = [number_format(figure, places) + unit for figure in figures]
        yield title, written[-1], chart(title, list(zip(names, figures, written, strict=True)))
