"""What machines and operators ask: whether it is alive, may take traffic, how it is, and its figures."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from transcriptions import health
from transcriptions.build import BUILD
from transcriptions.health import Finding, State
from transcriptions.metrics.page import CONTENT_TYPE, page

STATES = {State.GOOD: 200, State.WARNING: 200, State.BAD: 503}


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """It serves. Whether all else is well is another question: a new process would not be better off."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether pages can be served here. A full disk or a silent Redis is told in a page."""
    found = health.look(*health.NEEDED)
    if health.worst(found) != State.BAD:
        return HttpResponse("ready\n", content_type="text/plain")
    names = ", ".join(name for name, finding in found.items() if finding.state == State.BAD)
    return HttpResponse(f"not ready: {names}\n", status=503, content_type="text/plain")


@require_safe
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """Every check: a page, or JSON for whoever asks for it. Who may not know is told that there is no such page."""
    if not _may_look(request):
        return HttpResponseNotFound()
    found = health.look()
    if request.accepts("text/html") and request.GET.get("format") != "json":
        context = {"findings": found.items(), "worst": health.worst(found), "build": BUILD}
        return render(request, "transcriptions/status_of_the_site.html", context)
    with translation.override("en"):
        return JsonResponse(_as_json(found), status=STATES[health.worst(found)])


def _as_json(found: dict[str, Finding]) -> dict[str, Any]:
    checks = {
        name: {"state": finding.state, "said": str(finding.said), "todo": str(finding.todo)}
        for name, finding in found.items()
    }
    return {"state": health.worst(found), "build": BUILD, "checks": checks}


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' page; it does not exist for who may not know."""
    if not _may_look(request):
        return HttpResponseNotFound()
    return HttpResponse(page(), content_type=CONTENT_TYPE)


def _may_look(request: HttpRequest) -> bool:
    """Staff, and whoever bears METRICS_TOKEN."""
    given, expected = request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    if settings.METRICS_TOKEN and constant_time_compare(given, expected):
        return True
    return request.user.is_authenticated and request.user.is_staff
