"""A person's own pages: who they are, what they usually choose, what is kept and used of theirs, the end of it all."""

from typing import Any, cast

from allauth.account.forms import ReauthenticateForm
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from transcriptions.web import contexts
from transcriptions.web.forms import DefaultsForm, KeepForm, ProfileForm
from transcriptions.workflow import history

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=cast(User, request.user))
    if not form.is_valid():
        return render(request, "transcriptions/account/profile.html", {"form": form})
    user = form.save()
    with translation.override(user.language or translation.get_language()):
        messages.success(request, _("Saved."))
    response = redirect("account")
    if not user.language:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_COOKIE_PATH)
    return response


@require_http_methods(METHODS)
@login_required
def defaults(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = DefaultsForm(request.POST or None, initial={**user.defaults, "task": "task" in user.defaults})
    if not form.is_valid():
        return render(request, "transcriptions/account/defaults.html", {"form": form})
    user.defaults = form.chosen
    user.save(update_fields=["defaults"])
    messages.success(request, _("Saved."))
    return redirect("defaults")


@require_http_methods(METHODS)
@login_required
def data(request: HttpRequest) -> HttpResponse:
    form = KeepForm(request.POST or None, instance=cast(User, request.user))
    if not form.is_valid():
        return _data(request, keep=form)
    form.save()
    messages.success(request, _("Saved."))
    return redirect("your_data")


@require_POST
@login_required
def delete(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    password = ReauthenticateForm(request.POST, user=user)  # counts wrong ones as the sign-in does
    if not password.is_valid():
        return _data(request, password=password)
    history.delete_account(user=user, now=timezone.now())
    logout(request)
    messages.success(request, _("Your account and everything in it were deleted."))
    return redirect(settings.LOGIN_URL)


def _data(request: HttpRequest, **forms: Any) -> HttpResponse:
    user = cast(User, request.user)
    own = {"keep": KeepForm(instance=user), "password": ReauthenticateForm(user=user)}
    context = {"use": contexts.use(user), "takeout": contexts.takeout(user), **own, **forms}
    return render(request, "transcriptions/account/data.html", context)
