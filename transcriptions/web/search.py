"""What was said, found in all of a person's transcripts; each line leads to its moment."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from transcriptions.keyset import NEWEST
from transcriptions.web import access, contexts
from transcriptions.web.durations import clock
from transcriptions.workflow import search as finding


@require_safe
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    """?q=, in all recordings or with ?in= in one; for htmx, the results alone."""
    if not request.user.is_authenticated:
        return access.sign_in(request, request.get_full_path())
    context = _results(request.user, request.GET)
    name = "_results" if request.headers.get("HX-Request") else "search"
    return render(request, f"transcriptions/{name}.html", context)


def _results(user: User, query: QueryDict) -> dict[str, Any]:
    typed = query.get("q", "")
    if not typed.strip():
        return {"typed": ""}
    within = query.get("in")
    if within:
        entry = access.entries_of(user, [within]).select_related("transcript__media", "user").first()
        results = finding.find_in(entry=entry, typed=typed) if entry else finding.Results([])
    else:
        after, near = NEWEST.place(query.get("after", "")), query.get("near") == "1"
        results = finding.find(user=user, typed=typed, after=after, near=near)
    return {
        "typed": typed,
        "within": within,
        "results": results,
        "found": [_shown(found, typed) for found in results.found],
        "next": _next(results, typed) if results.has_more else "",
    }


def _shown(found: finding.Found, typed: str) -> dict[str, Any]:
    return {
        "entry": contexts.entry(found.entry),
        "lines": [_line(found.entry.pk, line) for line in found.lines],
        "all": _address(q=typed, **{"in": str(found.entry.pk)}) if found.is_cut else "",
    }


def _line(entry_id: uuid.UUID, line: finding.Line) -> dict[str, Any]:
    page = reverse("transcript", args=[entry_id])
    address = f"{page}#t={round(line.start_seconds, 3)}"
    return {"address": address, "clock": clock(line.start_seconds), "pieces": line.pieces}


def _next(results: finding.Results, typed: str) -> str:
    near = {"near": "1"} if results.is_near else {}
    return _address(q=typed, after=NEWEST.write(results.found[-1].entry), **near)


def _address(**asked: str) -> str:
    return f"{reverse('search')}?{urlencode(asked)}"
