"""What the transcript's page asks for while it is read: a page of the text, what is found in it, the waveform."""

import uuid
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import conditional_page, require_safe

from accounts.models import User
from transcriptions.web import text
from transcriptions.web.access import entry_of
from transcriptions.workflow import pages, waveform

LAST = 1_000_000  # no recording is so long
KEPT = {"Cache-Control": "private, no-cache"}  # asked about each time: it may have changed, or be somebody else's


@require_safe
@conditional_page
@login_required
def page(request: HttpRequest, entry_id: uuid.UUID, number: int) -> HttpResponse:
    """The lines of a page, for the script that puts them where they are looked at."""
    entry = entry_of(cast(User, request.user), entry_id)
    if number > LAST:
        raise Http404
    shown = {"lines": [text.line(one) for one in pages.lines_of(entry, number, number)]}
    return HttpResponse(render_to_string("transcriptions/_lines.html", shown), headers=KEPT)


@require_safe
@login_required
def find(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    """The lines that say ?q=, for htmx."""
    entry = entry_of(cast(User, request.user), entry_id)
    found = text.found(entry, request.GET.get("q", ""))
    return render(request, "transcriptions/_found.html", {"found": found})


@require_safe
@conditional_page
@login_required
def peaks(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    """The waveform as far as it is known, as engine.peaks gives it."""
    entry = entry_of(cast(User, request.user), entry_id)
    return HttpResponse(waveform.of(entry.transcript_id), content_type="application/octet-stream", headers=KEPT)
