"""Taking files from the upload door: an answer for each of them, as a page or as JSON for the page's script."""

from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from accounts.models import User
from transcriptions import metrics
from transcriptions.configuration import current
from transcriptions.models import Transcription
from transcriptions.sentences import sentence
from transcriptions.uploads.answers import STATUSES
from transcriptions.uploads.receive import SCOPE_KEY, Received
from transcriptions.workflow.intake import CHOICES, ReceivedFile, Refused, accept_upload


@csrf_exempt  # a refusal changes nothing, and comes before the form's token could be read
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    received: Received = getattr(request, "scope", {}).get(SCOPE_KEY) or Received(error="broken_upload")
    if not request.user.is_authenticated and not _wants_json(request):
        return redirect(settings.LOGIN_URL)
    if received.error:
        metrics.uploads.labels(outcome=received.error).inc()
        return _answer(request, [], [_refusal("", received.error, limit=_limit(received.error))])
    return _accept(request, received.files)


@csrf_protect
def _accept(request: HttpRequest, files: list[ReceivedFile]) -> HttpResponse:
    user = cast(User, request.user)
    chosen = {**user.defaults, **{name: request.POST[name] for name in CHOICES if name in request.POST}}
    accepted, refused = [], []
    for file in files:
        try:
            accepted.append(accept_upload(user=user, upload=file, chosen=chosen, now=timezone.now()))
        except Refused as refusal:
            refused.append(_refusal(file.name, refusal.code, **refusal.values))
    if not files:
        refused.append(_refusal("", "no_file"))
    return _answer(request, accepted, refused)


def _limit(code: str) -> str:
    return str(current.MAX_FILES_PER_UPLOAD) if code == "too_many_files" else filesizeformat(current.MAX_UPLOAD_BYTES)


def _refusal(name: str, code: str, **values: object) -> dict[str, str]:
    return {"name": name, "code": code, "sentence": sentence(code, **values)}


def _answer(request: HttpRequest, accepted: list[Transcription], refused: list[dict[str, str]]) -> HttpResponse:
    if _wants_json(request):
        entries = [{"name": entry.file_name, "url": reverse("transcript", args=[entry.pk])} for entry in accepted]
        first = refused[0]["code"] if refused else ""
        status = (
            STATUSES.get(first, HTTPStatus.UNPROCESSABLE_ENTITY) if refused and not accepted else HTTPStatus.CREATED
        )
        return JsonResponse({"accepted": entries, "refused": refused}, status=status)
    for refusal in refused:
        messages.error(request, ": ".join(filter(None, (refusal["name"], refusal["sentence"]))))
    if len(accepted) == 1 and not refused:
        return redirect("transcript", accepted[0].pk)
    return redirect("history")


def _wants_json(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")
