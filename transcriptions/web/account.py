"""A person's own page: how much of their recordings is kept, and deleting the account."""

from typing import Any, cast

from allauth.account.forms import ReauthenticateForm
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from transcriptions.web import contexts
from transcriptions.web.forms import KeepForm
from transcriptions.workflow import history


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = KeepForm(request.POST or None, instance=user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account")
    return _page(request, keep=form)


@require_POST
@login_required
def delete(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    password = ReauthenticateForm(request.POST, user=user)  # counts wrong ones as the sign-in does
    if not password.is_valid():
        return _page(request, password=password)
    history.delete_account(user=user, now=timezone.now())
    logout(request)
    messages.success(request, _("Your account and everything in it were deleted."))
    return redirect(settings.LOGIN_URL)


def _page(request: HttpRequest, **forms: Any) -> HttpResponse:
    user = cast(User, request.user)
    own = {"keep": KeepForm(instance=user), "password": ReauthenticateForm(user=user)}
    context = {"use": contexts.use(user), **own, **forms}
    return render(request, "transcriptions/account.html", context)
