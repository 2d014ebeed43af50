"""What readers say about moments of a recording: the list beside the text, for htmx, and what is done with it."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from transcriptions.models import Comment, Level
from transcriptions.sentences import sentence
from transcriptions.web import people
from transcriptions.web.access import Reader, open_to
from transcriptions.web.durations import clock
from transcriptions.workflow import comments as workflow
from transcriptions.workflow import lines, pages
from transcriptions.workflow.intake import Refused

GUEST, NAME = "guest", "guest_name"  # in a session: what it is called, and what its guest is


class CommentForm(forms.Form):
    at = forms.CharField(label=gettext_lazy("At"), max_length=12, initial="0:00")
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=Comment._meta.get_field("name").max_length)

    def __init__(self, *arguments: Any, reader: Reader, **options: Any) -> None:
        super().__init__(*arguments, **{"auto_id": "comment-%s", "label_suffix": "", **options})
        if reader.user:
            del self.fields["name"]
        self.fields["text"] = forms.CharField(
            label=_("Your comment"),
            max_length=settings.MAX_COMMENT_CHARACTERS,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def clean_at(self) -> float:
        """1:02:03, 2:03 or 3, in seconds."""
        typed: str = self.cleaned_data["at"]
        if not re.fullmatch(r"(?:(?:[0-9]{1,3}:)?[0-9]{1,3}:)?[0-9]{1,7}(?:\.[0-9]{1,3})?", typed):
            raise forms.ValidationError(_("Write a moment as 1:02:03."))
        seconds = 0.0
        for part in typed.split(":"):
            seconds = 60 * seconds + float(part)
        return seconds


@dataclass(frozen=True)
class Shown:
    """A comment as a reader sees it."""

    row: Comment
    who: str
    clock: str
    page: int
    can_change: bool


def shown(request: HttpRequest, reader: Reader, said: str = "", form: CommentForm | None = None) -> dict[str, Any]:
    """For _comments.html and the form under it."""
    mark = workflow.mark(reader.entry)  # first: what comes in between is told once more
    return {
        "comments": [_shown(request, reader, row) for row in workflow.of(reader.entry)],
        "comments_said": said,
        "comments_mark": mark,
        "comment_form": form or CommentForm(reader=reader, initial={"name": request.session.get(NAME, "")}),
        "change": lines.latest(reader.entry),
    }


def _shown(request: HttpRequest, reader: Reader, row: Comment) -> Shown:
    who = people.name(row.user, reader) if row.user else _("%(name)s (guest)") % {"name": row.name}
    return Shown(row, who, clock(row.seconds), pages.number(row.seconds), _may_change(request, reader, row))


def _may_change(request: HttpRequest, reader: Reader, row: Comment) -> bool:
    """Its author, and the owner of what it is about."""
    if reader.is_owner:
        return True
    if reader.user:
        return row.user_id == reader.user.pk
    return bool(row.guest) and row.guest == request.session.get(GUEST)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Level.COMMENT)
def comments(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The list; a POST adds to it."""
    said = _say(request, reader) if request.method == "POST" else ""
    return _answer(request, reader, said)


def _say(request: HttpRequest, reader: Reader) -> str:
    """What is wrong with it, or nothing."""
    form = CommentForm(request.POST, reader=reader)
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        return f"{form.fields[name].label}: {errors[0]}"
    given = form.cleaned_data
    name, guest = "", ""
    if reader.user is None:
        name = request.session[NAME] = given["name"]
        guest = request.session.setdefault(GUEST, secrets.token_hex(16))
    said = {"seconds": given["at"], "text": given["text"], "now": timezone.now()}
    try:
        workflow.say(entry=reader.entry, user=reader.user, name=name, guest=guest, **said)
    except Refused as refused:
        return sentence(refused.code, **refused.values)
    return ""


@require_POST
@open_to(Level.COMMENT)
def comment(request: HttpRequest, reader: Reader, comment_id: int) -> HttpResponse:
    """Resolved, open again or deleted: by its author or the owner."""
    row = get_object_or_404(reader.entry.comments, pk=comment_id)
    do = request.POST.get("do")
    if not _may_change(request, reader, row):
        raise Http404
    if do == "delete":
        workflow.delete(entry=reader.entry, comment=row)
    elif do in {"resolve", "reopen"}:
        workflow.resolve(entry=reader.entry, comment=row, resolved=do == "resolve", now=timezone.now())
    else:
        raise Http404
    return _answer(request, reader)


def _answer(request: HttpRequest, reader: Reader, said: str = "") -> HttpResponse:
    if request.headers.get("HX-Request"):
        context = {"entry": {"row": reader.entry}, "reader": reader, **shown(request, reader, said)}
        return render(request, "transcriptions/_comments.html", context)
    if said:
        return HttpResponse(said, status=422, content_type="text/plain; charset=utf-8")
    return redirect("transcript", reader.entry.pk)
