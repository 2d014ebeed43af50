"""What the transcript's page asks for while it is read: a page of the text, what is found in it, the waveform."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import conditional_page, require_safe

from transcriptions.models import Level
from transcriptions.web import text
from transcriptions.web.access import Reader, open_to
from transcriptions.workflow import pages, waveform

LAST = 1_000_000  # no recording is so long
KEPT = {"Cache-Control": "private, no-cache"}  # asked about each time: it may have changed, or be somebody else's


@require_safe
@conditional_page
@open_to(Level.READ)
def page(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """The lines of a page, for the script that puts them where they are looked at."""
    if number > LAST:
        raise Http404
    shown = {"lines": [text.line(one) for one in pages.lines_of(reader.entry, number, number)]}
    return HttpResponse(render_to_string("transcriptions/_lines.html", shown), headers=KEPT)


@require_safe
@open_to(Level.READ)
def find(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The lines that say ?q=, for htmx."""
    found = text.found(reader.entry, request.GET.get("q", ""))
    return render(request, "transcriptions/_found.html", {"found": found})


@require_safe
@conditional_page
@open_to(Level.READ)
def peaks(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The waveform as far as it is known, as engine.peaks gives it."""
    return HttpResponse(waveform.of(reader.entry.transcript_id), content_type="application/octet-stream", headers=KEPT)
