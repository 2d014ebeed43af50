"""The page that records in the browser. What it records comes in through the door of resumable uploads."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from transcriptions.uploads.resume import PATH
from transcriptions.web import contexts


@require_safe
@login_required
def record(request: HttpRequest) -> HttpResponse:
    context = {"address": PATH, "languages": contexts.languages()}
    return render(request, "transcriptions/record.html", context)
