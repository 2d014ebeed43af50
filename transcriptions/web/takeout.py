"""All that a person has, to take away: asking for it, how far it is, the file itself."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from transcriptions.web import contexts, media
from transcriptions.web.access import sign_in
from transcriptions.workflow import takeout as taking


@require_http_methods(["GET", "HEAD", "POST"])
def takeout(request: HttpRequest) -> HttpResponse:
    """How far it is, for htmx; a POST asks for it."""
    if request.method == "POST":
        asked: HttpResponse = _ask(request)
        return asked
    if not request.user.is_authenticated:
        return sign_in(request, reverse("your_data"))
    return render(request, "transcriptions/account/_takeout.html", {"takeout": contexts.takeout(request.user)})


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def _ask(request: HttpRequest) -> HttpResponse:
    taking.ask(user=cast(User, request.user), now=timezone.now())
    return redirect("your_data")


@require_POST
@login_required
def remove(request: HttpRequest) -> HttpResponse:
    taking.remove(user=cast(User, request.user))
    return redirect("your_data")


@require_safe
async def file(request: HttpRequest) -> HttpResponseBase:
    return await media.send(request, _found)


def _found(request: HttpRequest) -> media.Recording | None:
    if not request.user.is_authenticated:
        return None
    made = taking.of(request.user)
    return media.stored(made.storage_key if made else "", "transcribe-site.zip", as_attachment=True)
