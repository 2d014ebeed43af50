"""A person's history: found, ordered and put in order."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from transcriptions import keyset
from transcriptions.models import Transcription
from transcriptions.web import access, contexts
from transcriptions.web.filters import HistoryForm
from transcriptions.workflow import history as workflow
from transcriptions.workflow import labels, sharing

PAGE = 50


@require_safe
@vary_on_headers("HX-Request")
def history(request: HttpRequest) -> HttpResponse:
    """The upload form and the person's history; for htmx, the rows alone."""
    if not request.user.is_authenticated:
        return access.sign_in(request, request.get_full_path())
    listed = shown(request.user, request.GET)
    if _wants_rows(request):
        return render(request, "transcriptions/_history.html", listed)
    context = {
        **listed,
        "form": contexts.upload_form(request.user),
        "filters": HistoryForm(request.GET, user=request.user),
        "tags": labels.tags_used(request.user),
        "use": contexts.use(request.user)[:2],
    }
    return render(request, "transcriptions/history.html", context)


def _wants_rows(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))


def shown(user: User, query: QueryDict) -> dict[str, Any]:
    """What the list is made of."""
    form = HistoryForm(query, user=user)
    order = keyset.ORDERS[form.order]
    rows = form.narrowed(_shared(user) if form.is_shared else _rows(user))
    page = keyset.page(rows, order, PAGE, after=query.get("after", ""), before=query.get("before", ""))
    entries = contexts.entries(list(page.rows))
    kept = form.kept()
    return {
        "address": _address(query.dict()),
        "query": query.urlencode(),
        "entries": entries,
        "live": [entry.row.pk for entry in entries if entry.status.is_live and not form.is_shared],
        "previous": _address(kept, before=page.previous) if page.previous else "",
        "next": _address(kept, after=page.next) if page.next else "",
        "is_narrowed": form.is_narrowed,
        "is_archive": form.is_archive,
        "is_shared": form.is_shared,
        "has_shared": not form.is_shared and _shared(user).exists(),
        "undo": [_thrown(at, titles) for at, titles in workflow.thrown_away(user=user, now=timezone.now())],
        **contexts.downloads(),
    }


def _rows(user: User) -> QuerySet[Transcription]:
    return user.transcriptions.select_related("transcript__media", "upload")


def _shared(user: User) -> QuerySet[Transcription]:
    """What others have opened to this account."""
    return sharing.shared_with(user, timezone.now()).select_related("transcript__media", "upload", "user")


def _address(query: Mapping[str, Any], **more: str) -> str:
    asked = urlencode({**query, **more})
    return f"{reverse('history')}?{asked}" if asked else reverse("history")


@dataclass(frozen=True)
class Thrown:
    at: str
    sentence: str


def _thrown(at: Any, titles: list[str]) -> Thrown:
    if len(titles) == 1:
        return Thrown(at.isoformat(), _("“%(title)s” was deleted.") % {"title": titles[0]})
    several = ngettext("%(count)d transcript was deleted.", "%(count)d transcripts were deleted.", len(titles))
    return Thrown(at.isoformat(), several % {"count": len(titles)})


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """How far those are that are under way: each finds its place on the page, so nothing else there is touched."""
    if not request.user.is_authenticated:
        return access.sign_in(request, reverse("history"))
    rows = access.entries_of(request.user, request.GET.getlist("entry")[:PAGE]).select_related(
        "transcript__media", "upload"
    )
    entries = contexts.entries(list(rows.order_by("-created_at", "-pk")))
    going = [entry.row.pk for entry in entries if entry.status.is_live]
    return render(request, "transcriptions/_live.html", {"live": going, "moved": entries})


@require_POST
@login_required
def change(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    """What is sent of: title with tags and notes; favourite; archived. For htmx, the row anew, or the star of the page
    of the transcript itself; without htmx, the page that it came from."""
    user = cast(User, request.user)
    entry, given = access.entry_of(user, entry_id), request.POST
    if "title" in given:
        labels.describe(entry=entry, title=given["title"], tags=given.get("tags", ""), notes=given.get("notes", ""))
    marks = {f"is_{name}": given[name] == "on" for name in ("favourite", "archived") if name in given}
    if marks:
        access.entries_of(user, [str(entry.pk)]).update(**marks)
    entry = access.entry_of(user, entry_id)  # as it is now
    if given.get("page") == "transcript":
        return _on_its_page(request, entry)
    if "archived" in given or not _wants_rows(request):
        return _list(request, _("Saved."))
    context = {"entry": contexts.entry(entry), "query": request.GET.urlencode(), "is_changed": "title" in given}
    return render(request, "transcriptions/_entry.html", context)


def _on_its_page(request: HttpRequest, entry: Transcription) -> HttpResponse:
    if _wants_rows(request):
        return render(request, "transcriptions/_star.html", {"entry": contexts.entry(entry)})
    messages.success(request, _("Saved."))
    return redirect("transcript", entry.pk)


@require_POST
@login_required
def several(request: HttpRequest) -> HttpResponse:
    """One thing done with all that are checked."""
    user = cast(User, request.user)
    chosen, do = request.POST.getlist("entry"), request.POST.get("do", "")
    entries = access.entries_of(user, chosen)
    if do not in DEEDS:
        raise Http404
    if not chosen:
        return _list(request, _("Nothing is checked. Check the transcripts first."))
    if do == "download":
        return _download(chosen, request.POST.get("format", ""))
    said = DEEDS[do](entries, request.POST.get("tags", ""))
    return _list(request, said, undone_by=UNDONE_BY.get(do, ""), changed=chosen, is_told_below=do == "delete")


def _tag(entries: QuerySet[Transcription], tags: str) -> str:
    labels.tag(entries=entries, tags=tags)
    return _("Saved.")


def _untag(entries: QuerySet[Transcription], tags: str) -> str:
    labels.untag(entries=entries, tags=tags)
    return _("Saved.")


def _mark(**marks: bool) -> Any:
    def mark(entries: QuerySet[Transcription], tags: str) -> str:
        entries.update(**marks)
        return _("Saved.")

    return mark


def _archive(entries: QuerySet[Transcription], tags: str) -> str:
    count = entries.update(is_archived=True)
    return ngettext(
        "%(count)d transcript was put into the archive.", "%(count)d transcripts were put into the archive.", count
    ) % {"count": count}


def _unarchive(entries: QuerySet[Transcription], tags: str) -> str:
    count = entries.update(is_archived=False)
    return ngettext(
        "%(count)d transcript was taken out of the archive.",
        "%(count)d transcripts were taken out of the archive.",
        count,
    ) % {"count": count}


def _delete(entries: QuerySet[Transcription], tags: str) -> str:
    workflow.throw_away(entries=entries.select_related("transcript"), now=timezone.now())
    return _("Deleted.")


DEEDS: dict[str, Any] = {
    "tag": _tag,
    "untag": _untag,
    "favourite": _mark(is_favourite=True),
    "unfavourite": _mark(is_favourite=False),
    "archive": _archive,
    "unarchive": _unarchive,
    "delete": _delete,
    "download": None,
}
UNDONE_BY = {"archive": "unarchive", "unarchive": "archive"}  # a deletion is undone by `take_back`


def _download(chosen: list[str], format_name: str) -> HttpResponse:
    """By the door that sends several in one file."""
    query = urlencode({"entry": chosen, "format": format_name}, doseq=True)
    return redirect(f"{reverse('download_several')}?{query}")


@require_POST
@login_required
def take_back(request: HttpRequest) -> HttpResponse:
    """Undo a deletion."""
    try:
        at = parse_datetime(request.POST.get("at", ""))
    except ValueError:
        at = None
    if at is None or timezone.is_naive(at):
        raise Http404
    back = workflow.take_back(user=cast(User, request.user), thrown_at=at, now=timezone.now())
    return _list(request, _("They are back.") if back else _("It is too late: they were removed for good."))


def _list(request: HttpRequest, said: str, **more: Any) -> HttpResponse:
    """The list as it was asked for last, and a sentence: announced by htmx, else on the next page.

    more: undone_by, the deed that undoes it, with what was `changed`; is_told_below, whether the list itself says it.
    """
    if not _wants_rows(request):
        messages.success(request, said)
        return redirect(_address(request.GET.dict()))
    context = {**shown(cast(User, request.user), request.GET), "said": said, **more}
    return HttpResponse(render_to_string("transcriptions/_history.html", context, request))
