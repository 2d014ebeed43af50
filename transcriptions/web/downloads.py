"""Transcripts taken away as files: one as somebody wants it, or several in a zip."""

import uuid
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.models import User
from transcriptions.engine.formats import FORMATS
from transcriptions.models import Transcription
from transcriptions.sentences import sentence
from transcriptions.web import names, streams
from transcriptions.web.access import entry_of
from transcriptions.web.forms import ShapeForm
from transcriptions.workflow import export as exporting


@require_safe
@login_required
def download(request: HttpRequest, entry_id: uuid.UUID, format_name: str) -> HttpResponseBase:
    """In the shape that the query asks for, with ?original as it was recognised; 422 and a sentence where there is no
    such shape."""
    entry = entry_of(cast(User, request.user), entry_id)
    if format_name not in FORMATS:
        raise Http404
    form = ShapeForm(request.GET)
    if not form.is_valid():
        return HttpResponse(form.sentence(), status=HTTPStatus.UNPROCESSABLE_ENTITY, content_type="text/plain")
    pieces = exporting.export(
        entry=entry, format_name=format_name, shape=form.shape(), original="original" in request.GET
    )
    return streamed(pieces, names.file_name(entry.title, format_name), FORMATS[format_name].content_type)


@require_safe
@login_required
def several(request: HttpRequest) -> HttpResponseBase:
    """A zip of the entries that are checked in the history."""
    format_name = request.GET.get("format", "")
    if format_name not in FORMATS:
        raise Http404
    entries = _entries_of(cast(User, request.user), request.GET.getlist("entry"))
    if not entries:
        messages.error(request, sentence("none_chosen"))
        return redirect("history")
    found = names.file_names([entry.title for entry in entries], format_name)
    pieces = exporting.export_many(entries=zip(found, entries, strict=True), format_name=format_name)
    return streamed(pieces, f"transcripts-{timezone.localdate():%Y-%m-%d}.zip", "application/zip")


def _entries_of(user: User, asked: list[str]) -> list[Transcription]:
    """As the history shows them. Raises Http404 where one is not theirs."""
    try:
        keys = {uuid.UUID(key) for key in asked}
    except ValueError:
        raise Http404 from None
    rows: Any = user.transcriptions.select_related("transcript").filter(pk__in=keys)
    entries = list(rows.order_by("-created_at", "-pk"))
    if len(entries) != len(keys):
        raise Http404
    return entries


def streamed(pieces: Iterator[bytes], name: str, content_type: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(streams.pieces(pieces), content_type=content_type)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return response
