"""Transcripts taken away as files: one as somebody wants it, or several in a zip."""

import logging
import uuid
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.models import User
from transcriptions import names
from transcriptions.engine.documents import DocumentError
from transcriptions.engine.formats import FORMATS
from transcriptions.engine.shape import Shape
from transcriptions.models import Level, Rendition, Transcription
from transcriptions.sentences import sentence
from transcriptions.web import streams
from transcriptions.web.access import Reader, open_to
from transcriptions.web.shapes import ShapeForm
from transcriptions.workflow import export as exporting
from transcriptions.workflow import renditions

logger = logging.getLogger(__name__)


@require_safe
@open_to(Level.READ, is_page=True)
def download(request: HttpRequest, reader: Reader, format_name: str) -> HttpResponseBase:
    """In the shape that the query asks for, with ?original=1 as it was recognised; 422 and a sentence where there is no
    such shape. What takes long to make is asked for, and shown in the page of its transcript until it is there."""
    if format_name not in FORMATS or not reader.can_download:
        raise Http404
    entry = reader.entry
    form = ShapeForm(request.GET)
    if not form.is_valid():
        return HttpResponse(form.sentence(), status=HTTPStatus.UNPROCESSABLE_ENTITY, content_type="text/plain")
    shape, original = form.shape(), bool(form.cleaned_data["original"])
    if renditions.takes_long(entry, format_name):
        return _made_beforehand(entry, format_name, shape, original)
    try:
        made = exporting.export(entry=entry, format_name=format_name, shape=shape, original=original)
        pieces = streams.begun(made)
    except DocumentError as error:
        logger.warning("A document could not be made: %s", error)
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return HttpResponse(sentence(error.code), status=status, content_type="text/plain")
    return streamed(pieces, names.file_name(entry.title, format_name), FORMATS[format_name].content_type)


def _made_beforehand(entry: Transcription, format_name: str, shape: Shape, original: bool) -> HttpResponse:
    now = timezone.now()
    made = renditions.document(entry=entry, format_name=format_name, shape=shape, original=original, now=now)
    if made and made.state == Rendition.State.DONE:
        return redirect("document", entry.pk, made.pk)
    return redirect(f"{reverse('transcript', args=[entry.pk])}#documents")


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
