"""The browsers a person is signed in with, and signing them out."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions as house
from accounts.models import User
from transcriptions.web import browsers


@require_safe
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    house.begin(request)
    own = request.session.session_key
    rows = [
        {"row": row, "browser": browsers.named(row.user_agent), "is_this": row.session_key == own}
        for row in house.of(cast(User, request.user))
    ]
    return render(request, "transcriptions/account/sessions.html", {"sessions": rows})


@require_POST
@login_required
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    if not house.end(user=cast(User, request.user), session_id=session_id):
        raise Http404
    messages.success(request, _("That browser is signed out."))
    return redirect("sessions")


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    house.end_all(user=cast(User, request.user), but=request.session.session_key)
    messages.success(request, _("All other browsers are signed out."))
    return redirect("sessions")
