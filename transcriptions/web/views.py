"""The pages: parse, call one workflow function, render."""

import re
import uuid
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from transcriptions import configuration, estimate, storage
from transcriptions.engine.formats import FORMATS
from transcriptions.engine.options import PRESETS
from transcriptions.models import Rendition
from transcriptions.sentences import sentence
from transcriptions.web import contexts, durations, streams
from transcriptions.web.access import entry_of
from transcriptions.workflow import export as exporting
from transcriptions.workflow import history as entries
from transcriptions.workflow import intake, renditions

PAGE = 50


@require_safe
@vary_on_headers("HX-Request")
def history(request: HttpRequest) -> HttpResponse:
    """The upload form and the person's history; for htmx, the rows alone."""
    if not request.user.is_authenticated:
        return sign_in(request, request.get_full_path())
    rows = request.user.transcriptions.select_related("transcript__media").order_by("-created_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = contexts.entries(list(page.object_list))
    context = {"page": page, "entries": shown, "any_live": any(entry.status.is_live for entry in shown)}
    if request.headers.get("HX-Request"):
        return render(request, "transcriptions/_history.html", context)
    return render(request, "transcriptions/history.html", {**context, "form": contexts.upload_form(request.user)})


def sign_in(request: HttpRequest, then: str) -> HttpResponse:
    """htmx would follow a redirect and put the sign-in page where a part of the page was."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(reverse("account_login"))
    return redirect_to_login(then)


@require_safe
@login_required
def transcript(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    entry = entry_of(cast(User, request.user), entry_id)
    renditions.ask_once(entry=entry, kind=Rendition.Kind.PROXY, now=timezone.now())
    context = {
        "entry": contexts.entry(entry),
        "segments": contexts.segments(entry.transcript_id),
        "revision": entry.transcript.revision,
        "formats": contexts.formats(),
    }
    return render(request, "transcriptions/transcript.html", context)


@require_safe
@login_required
def forecast(request: HttpRequest) -> HttpResponse:
    """How long a recording of ?seconds= will take with ?preset=, in words, for the upload form's script."""
    asked, preset = request.GET.get("seconds", ""), request.GET.get("preset") or settings.WHISPER_PRESET
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,20})?", asked) or preset not in PRESETS:
        return HttpResponseBadRequest()
    model = configuration.model_name()
    took = estimate.outlook().forecast(length=float(asked), model=model, preset=preset, now=timezone.now())
    return HttpResponse(durations.until_done(took), content_type="text/plain", headers={"Cache-Control": "no-store"})


@require_safe
@login_required
def download(request: HttpRequest, entry_id: uuid.UUID, format_name: str) -> StreamingHttpResponse:
    entry = entry_of(cast(User, request.user), entry_id)
    if format_name not in FORMATS:
        raise Http404
    response = StreamingHttpResponse(
        streams.pieces(exporting.export(entry=entry, format_name=format_name)),
        content_type=FORMATS[format_name].content_type,
    )
    name = content_disposition_header(as_attachment=True, filename=f"{entry.title}.{format_name}")
    response.headers["Content-Disposition"] = name or "attachment"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def made(request: HttpRequest, entry_id: uuid.UUID, kind: str) -> HttpResponse:
    """What is made of the recording to be looked at: how far it is, for htmx; a POST asks for it."""
    if not request.user.is_authenticated:
        return sign_in(request, reverse("transcript", args=[entry_id]))
    entry = entry_of(request.user, entry_id)
    if kind not in Rendition.Kind.values:
        raise Http404
    if request.method == "POST":
        renditions.ask(entry=entry, kind=kind, now=timezone.now())
        return redirect("transcript", entry_id)
    return render(request, f"transcriptions/_{kind}.html", {"entry": contexts.entry(entry)})


@require_POST
@login_required
def cancel(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    entries.cancel(entry=entry_of(cast(User, request.user), entry_id), now=timezone.now())
    return redirect("transcript", entry_id)


@require_POST
@login_required
def retry(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    try:
        entries.retry(entry=entry_of(cast(User, request.user), entry_id), now=timezone.now())
    except entries.RecordingGone:
        messages.error(request, sentence("recording_gone"))
    except storage.Unavailable as error:
        messages.error(request, sentence(error.code))
    return redirect("transcript", entry_id)


@require_POST
@login_required
def track(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    """Another audio track of the same file: an entry of its own."""
    entry = entry_of(cast(User, request.user), entry_id)
    try:
        entry = intake.accept_track(entry=entry, track=request.POST.get("track", ""), now=timezone.now())
    except intake.Refused as refusal:
        messages.error(request, sentence(refusal.code, **refusal.values))
    return redirect("transcript", entry.pk)


@require_POST
@login_required
def again(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    """The same recording anew, in the language and quality chosen."""
    entry = entry_of(cast(User, request.user), entry_id)
    chosen = {name: request.POST.get(name, "") for name in ("language", "preset", "task")}
    try:
        intake.accept_again(entry=entry, chosen=chosen, now=timezone.now())
    except intake.Refused as refusal:
        messages.error(request, sentence(refusal.code, **refusal.values))
    except storage.Unavailable as error:
        messages.error(request, sentence(error.code))
    return redirect("transcript", entry.pk)


@require_POST
@login_required
def delete(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    entry = entry_of(cast(User, request.user), entry_id)
    entries.delete(entry=entry, now=timezone.now())
    messages.success(request, _("“%(title)s” was deleted.") % {"title": entry.title})
    return redirect("history")
