"""Whether the work goes on: live workers of each kind, how long work waits, the clean-up."""

import socket
from datetime import timedelta

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from transcriptions import backlog
from transcriptions.build import BUILD
from transcriptions.health.values import Finding, bad, good, warning
from transcriptions.models import Routine, WorkerProcess
from transcriptions.processes import is_alive

SILENT_SECONDS = 45  # without a heartbeat; they come every 10 to 20
LONG_SECONDS = 900  # work that nobody has begun
MISSED = 3  # clean-ups


def alive() -> list[WorkerProcess]:
    """Workers that were heard of just now. One of this host that was killed is known to be gone at once."""
    heard = WorkerProcess.objects.filter(beat_at__gte=timezone.now() - timedelta(seconds=SILENT_SECONDS))
    here = socket.gethostname()
    return [row for row in heard.order_by("kind", "pk") if row.host != here or is_alive(row.pid)]


def workers() -> Finding:
    """Of every kind at least one that was heard of just now, all of the build that is asked."""
    found = alive()
    kinds = [worker.kind for worker in found]
    missing = [kind for kind in WorkerProcess.Kind.values if kind not in kinds]
    if missing:
        last = WorkerProcess.objects.filter(kind__in=missing).aggregate(at=Max("beat_at"))["at"]
        heard = format_lazy(_("the last was heard of at {at}"), at=f"{last:%Y-%m-%d %H:%M:%S} UTC") if last else ""
        said = format_lazy(_("No {kinds} worker is alive. {heard}"), kinds=", ".join(missing), heard=heard)
        return bad(
            said, _("Start one by `manage.py worker`, followed by the kind; the log says why the last one ended.")
        )
    alive_now = ", ".join(f"{kinds.count(kind)} {kind}" for kind in WorkerProcess.Kind.values)
    strangers = sum(worker.build != BUILD for worker in found)
    if strangers:
        return warning(
            format_lazy(_("{said}; {count} run other code than this process."), said=alive_now, count=strangers),
            _("So it should be during an upgrade. After it, restart the workers of the old version."),
        )
    return good(alive_now)


def queue() -> Finding:
    found = backlog.waiting(timezone.now())
    each = ", ".join(
        f"{kind}: {waits.jobs} ({waits.audio_seconds:.0f} s, {waits.oldest_seconds:.0f} s)"
        for kind, waits in found.items()
    )
    said = format_lazy(_("Waiting, with seconds of sound and of the longest wait: {each}"), each=each)
    if max(waits.oldest_seconds for waits in found.values()) > LONG_SECONDS:
        return warning(said, _("See whether workers are alive; start more of the kind whose queue is the longest."))
    return good(said)


def clean_up() -> Finding:
    last = Routine.objects.filter(name=Routine.Name.CLEAN_UP).first()
    if last is None:
        return warning(
            _("No clean-up has finished yet."),
            _("A media worker does the first after CLEANUP_INTERVAL_MINUTES; where cron does it, look at cron."),
        )
    at = f"{last.finished_at:%Y-%m-%d %H:%M} UTC"
    said = format_lazy(_("The last ended at {at} on {host}."), at=at, host=last.host)
    limit = timedelta(minutes=MISSED * settings.CLEANUP_INTERVAL_MINUTES)
    if timezone.now() - last.finished_at > limit:
        return warning(said, _("See the media workers' logs, or cron's; `manage.py cleanup_temp` does it now."))
    return good(said)
