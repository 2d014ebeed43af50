"""The page of a person's API tokens. A new one is shown once, in the answer that made it."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import tokens as house
from accounts.models import User
from transcriptions.web.forms import TokenForm


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    return _create(request) if request.method == "POST" else _page(request, TokenForm())


@reauthentication_required  # type: ignore[untyped-decorator]
def _create(request: HttpRequest) -> HttpResponse:
    form, now = TokenForm(request.POST), timezone.now()
    if not form.is_valid():
        return _page(request, form)
    made = house.create(user=cast(User, request.user), now=now, **form.chosen(now))
    return _page(request, TokenForm(), made)


@require_POST
@login_required
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    if not house.revoke(user=cast(User, request.user), token_id=token_id):
        raise Http404
    messages.success(request, _("The token was revoked. Nothing is answered to it from now on."))
    return redirect("tokens")


def _page(request: HttpRequest, form: TokenForm, made: str = "") -> HttpResponse:
    now = timezone.now()
    theirs = house.of(cast(User, request.user))
    rows = [(token, token.expires_at is not None and token.expires_at <= now) for token in theirs]
    return render(request, "transcriptions/account/tokens.html", {"form": form, "made": made, "tokens": rows})
