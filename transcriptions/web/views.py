"""The pages: parse, call one workflow function, render."""

import re
import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from transcriptions import configuration, estimate, storage, turns
from transcriptions.configuration import current
from transcriptions.engine.options import PRESETS
from transcriptions.models import Rendition
from transcriptions.sentences import sentence
from transcriptions.web import access, contexts, durations
from transcriptions.web import text as texts
from transcriptions.web.access import entry_of
from transcriptions.workflow import history as entries
from transcriptions.workflow import intake, renditions


@require_safe
@login_required
def transcript(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    """From the ?page= on that a reader without scripts has turned to, with what says ?q=."""
    entry = entry_of(cast(User, request.user), entry_id)
    renditions.ask_once(entry=entry, kind=Rendition.Kind.PROXY, now=timezone.now())
    page = request.GET.get("page", "")
    context = {
        "entry": contexts.entry(entry),
        "text": texts.text(entry, int(page) if re.fullmatch("[0-9]{1,6}", page) else 0),
        "found": texts.found(entry, request.GET.get("q", "")),
        "revision": entry.transcript.revision,
        **contexts.downloads(),
        "keys": contexts.keys(),
    }
    return render(request, "transcriptions/transcript.html", context)


@require_safe
@login_required
def forecast(request: HttpRequest) -> HttpResponse:
    """How long a recording of ?seconds= will take with ?preset=, in words, for the upload form's script."""
    asked, preset = request.GET.get("seconds", ""), request.GET.get("preset") or current.WHISPER_PRESET
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,20})?", asked) or preset not in PRESETS:
        return HttpResponseBadRequest()
    model = configuration.model_name()
    length = float(asked)
    place = turns.place(request.user.pk, length)
    took = estimate.outlook().forecast(length=length, model=model, preset=preset, place=place)
    return HttpResponse(durations.until_done(took), content_type="text/plain", headers={"Cache-Control": "no-store"})


@require_http_methods(["GET", "HEAD", "POST"])
def made(request: HttpRequest, entry_id: uuid.UUID, kind: str) -> HttpResponse:
    """What is made of the recording to be looked at: how far it is, for htmx; a POST asks for it."""
    if not request.user.is_authenticated:
        return access.sign_in(request, reverse("transcript", args=[entry_id]))
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
    entries.throw_away(entries=[entry], now=timezone.now())
    return redirect("history")
