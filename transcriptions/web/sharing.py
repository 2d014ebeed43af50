"""To whom an entry is open: the owner's page about it, and the door of links.

A link leads to the page of the transcript itself, whose address holds no secret: what lets a guest in is remembered in
the session, and asked about again with every request.
"""

import uuid
from http import HTTPStatus
from typing import Any, cast

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from transcriptions.configuration import current
from transcriptions.models import Share, Transcription
from transcriptions.sentences import sentence
from transcriptions.web import access
from transcriptions.web.access import entry_of
from transcriptions.web.share_forms import AccountForm, LinkForm, PasswordForm
from transcriptions.workflow import sharing as workflow
from transcriptions.workflow.intake import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def sharing(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    """Who reads it; a POST makes a link, whose address this answer alone shows, or names an account."""
    entry = entry_of(cast(User, request.user), entry_id)
    if request.method != "POST":
        return _page(request, entry)
    if "address" in request.POST:
        return _name_account(request, entry)
    return _make_link(request, entry)


def _make_link(request: HttpRequest, entry: Transcription) -> HttpResponse:
    form = LinkForm(request.POST)
    if not current.ALLOW_SHARE_LINKS:
        raise Http404
    if not form.is_valid():
        return _page(request, entry, link=form)
    token = workflow.make_link(entry=entry, now=timezone.now(), **form.given())
    return _page(request, entry, made=f"{settings.SITE_URL}{reverse('shared', args=[token])}")


def _name_account(request: HttpRequest, entry: Transcription) -> HttpResponse:
    """Whoever names many addresses that nobody has is not told about more of them for a while."""
    form = AccountForm(request.POST)
    if not form.is_valid():
        return _page(request, entry, account=form)
    if not ratelimit.consume(request, action="name_account", user=request.user, dry_run=True):
        form.add_error("address", sentence("too_many_tries"))
        return _page(request, entry, account=form)
    try:
        workflow.share_with(entry=entry, now=timezone.now(), **form.given())
    except Refused as refused:
        ratelimit.consume(request, action="name_account", user=request.user)
        form.add_error("address", sentence(refused.code, **refused.values))
        return _page(request, entry, account=form)
    return redirect("sharing", entry.pk)


def _page(request: HttpRequest, entry: Transcription, **more: Any) -> HttpResponse:
    context = {
        "entry": entry,
        "shares": workflow.of(entry, timezone.now()),
        "link": LinkForm() if current.ALLOW_SHARE_LINKS else None,
        "account": AccountForm(),
        **more,
    }
    return render(request, "transcriptions/sharing.html", context)


@require_POST
@login_required
def revoke(request: HttpRequest, entry_id: uuid.UUID, share_id: int) -> HttpResponse:
    entry = entry_of(cast(User, request.user), entry_id)
    workflow.revoke(entry=entry, share_id=share_id, now=timezone.now())
    return redirect("sharing", entry.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """A link: to the transcript, when its password is given where it asks for one. All that do not hold are alike."""
    share = workflow.find(token, timezone.now())
    if share is None:
        raise Http404
    response = _open(request, share)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _open(request: HttpRequest, share: Share) -> HttpResponse:
    if share.password:
        asked = _ask_password(request, share)
        if asked:
            return asked
    elif request.method != "GET":
        raise Http404
    workflow.count_view(share)
    access.remember(request, share)
    response = redirect("transcript", share.transcription_id)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _ask_password(request: HttpRequest, share: Share) -> HttpResponse | None:
    """None where it was given. Its page leaves the site's policy on referrers, which tells no other site: with
    no-referrer browsers send forms from nowhere, and the protection against forged ones turns them away."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if form.is_valid():
        key = str(share.pk)
        if not ratelimit.consume(request, action="open_share", key=key):
            form.add_error(None, sentence("too_many_tries"))
            status = HTTPStatus.TOO_MANY_REQUESTS
        elif workflow.opens(share, form.cleaned_data["password"]):
            ratelimit.clear(request, action="open_share", key=key)
            return None
        else:
            form.add_error("password", sentence("wrong_password"))
            status = HTTPStatus.FORBIDDEN
    return render(request, "transcriptions/shared_password.html", {"form": form}, status=status)
