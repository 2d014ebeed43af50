"""The page that records in the browser. What it records comes in through the door of resumable uploads."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from transcriptions.uploads.resume import PATH
from transcriptions.web import contexts


@require_safe
@login_required
def record(request: HttpRequest) -> HttpResponse:
    usual = cast(User, request.user).defaults.get("language", "")
    context = {"address": PATH, "languages": contexts.languages(), "usual_language": usual}
    return render(request, "transcriptions/record.html", context)
