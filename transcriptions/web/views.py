"""The pages: parse, call one workflow function, render."""

import re
import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from transcriptions import configuration, estimate, storage, turns
from transcriptions.configuration import current
from transcriptions.engine.options import PRESETS
from transcriptions.models import Level, Rendition
from transcriptions.sentences import sentence
from transcriptions.web import comments, contexts, durations, editing
from transcriptions.web import text as texts
from transcriptions.web.access import Reader, entry_of, open_to
from transcriptions.workflow import history as entries
from transcriptions.workflow import intake, renditions


@require_safe
@open_to(Level.READ, is_page=True)
def transcript(request: HttpRequest, reader: Reader) -> HttpResponse:
    """From the ?page= on that a reader without scripts has turned to, with what says ?q=."""
    entry = reader.entry
    renditions.ask_once(entry=entry, kind=Rendition.Kind.PROXY, now=timezone.now())
    page = request.GET.get("page", "")
    opening = editing.opening(entry, reader.user) if reader.user and reader.can_edit else None
    shown = contexts.entry(entry)
    context = {
        "reader": reader,
        "status": contexts.STATUS[reader.is_owner],
        "editing": opening,
        "entry": shown,
        "is_docked": shown.player is not None or reader.can_comment,
        "text": texts.text(entry, int(page) if re.fullmatch("[0-9]{1,6}", page) else 0),
        "found": texts.found(entry, request.GET.get("q", "")),
        "revision": entry.transcript.revision,
        **contexts.downloads(),
        "keys": contexts.keys(),
        **(comments.shown(request, reader) if reader.can_comment else {}),
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
@open_to(Level.READ)
def made(request: HttpRequest, reader: Reader, kind: str) -> HttpResponse:
    """What is made of the recording to be looked at: how far it is, for htmx; a POST asks for it. Readers ask when they
    can play it, and for documents where they may take the text away."""
    is_asked_for = request.method == "POST"
    open_kinds = {Rendition.Kind.PROXY, *([Rendition.Kind.DOCUMENT] if reader.can_download else [])}
    is_for_readers = kind in open_kinds and not is_asked_for
    if kind not in Rendition.Kind.values or not (reader.is_owner or is_for_readers):
        raise Http404
    if is_asked_for:
        if kind == Rendition.Kind.DOCUMENT:  # asked for by its address, which says what it is like
            raise Http404
        renditions.ask(entry=reader.entry, kind=kind, now=timezone.now())
        return redirect("transcript", reader.entry.pk)
    context = {"entry": contexts.entry(reader.entry), "reader": reader}
    return render(request, f"transcriptions/_{kind}.html", context)


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
