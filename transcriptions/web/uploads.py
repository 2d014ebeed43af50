"""What the page's script asks about uploads: which are under way, and whether a file needs to be sent at all."""

import json
from http import HTTPStatus
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from transcriptions import incoming
from transcriptions.models import Upload
from transcriptions.sentences import sentence
from transcriptions.uploads.answers import STATUSES
from transcriptions.uploads.resume import PATH
from transcriptions.workflow import possession
from transcriptions.workflow.intake import CHOICES, Refused, limits

WAITING_SECONDS = 5  # by then what can be read from its front has an entry


@require_safe
@never_cache
@login_required
def uploads(request: HttpRequest) -> HttpResponse:
    rows = cast(User, request.user).uploads.filter(completed_at=None).order_by("created_at", "pk")
    return JsonResponse({"uploads": [_upload(row) for row in rows]})


def _upload(row: Upload) -> dict[str, Any]:
    entry = reverse("transcript", args=[row.transcription_id]) if row.transcription_id else ""
    return {
        "id": str(row.pk),
        "url": f"{PATH}{row.pk}",
        "file_name": row.file_name,
        "size_bytes": row.size_bytes,
        "received_bytes": incoming.received(row.pk),
        "last_modified": row.last_modified,
        "expires_at": row.expires_at.isoformat(),
        "entry_url": entry,
        "is_fetched": bool(row.address),
        "sentence": _sentence(row),
        "is_refused": bool(row.error_code),
    }


def _sentence(row: Upload) -> str:
    if row.error_code:
        return sentence(row.error_code, **limits(row.error_code))
    is_waiting = (timezone.now() - row.created_at).total_seconds() > WAITING_SECONDS and not row.transcription_id
    return _("Transcription starts when the upload is complete.") if row.waits or is_waiting else ""


@require_POST
@login_required
def known(request: HttpRequest) -> HttpResponse:
    """Whether the file of this sha256 is known; if so, what shows that the asker has it."""
    given = _given(request)
    sha256, size = given.get("sha256"), given.get("size_bytes")
    if not (isinstance(sha256, str) and isinstance(size, int)):
        return JsonResponse({}, status=HTTPStatus.BAD_REQUEST)
    challenge = possession.ask(user=cast(User, request.user), sha256=sha256, size_bytes=size)
    if challenge is None:
        return JsonResponse({}, status=HTTPStatus.NOT_FOUND)
    return JsonResponse({"challenge": challenge.sealed, "nonce": challenge.nonce, "ranges": challenge.ranges})


@require_POST
@login_required
def prove(request: HttpRequest) -> HttpResponse:
    given = {name: value for name, value in _given(request).items() if isinstance(value, str)}
    try:
        entry = possession.accept(
            user=cast(User, request.user),
            sealed=given.get("challenge", ""),
            proof=given.get("proof", ""),
            name=given.get("file_name", ""),
            chosen={name: given[name] for name in CHOICES if name in given},
            now=timezone.now(),
        )
    except Refused as refused:
        status = STATUSES.get(refused.code, HTTPStatus.UNPROCESSABLE_ENTITY)
        return JsonResponse({"code": refused.code, "detail": sentence(refused.code, **refused.values)}, status=status)
    if entry is None:
        return JsonResponse({}, status=HTTPStatus.NOT_FOUND)
    return JsonResponse({"url": reverse("transcript", args=[entry.pk])}, status=HTTPStatus.CREATED)


def _given(request: HttpRequest) -> dict[str, Any]:
    try:
        given = json.loads(request.body)
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}
