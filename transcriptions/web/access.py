"""The one way to somebody's entries: through their owner. A stranger's do not exist, nor do those thrown away."""

import uuid
from collections.abc import Sequence

from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from transcriptions.models import Transcription


def entry_of(user: User, entry_id: uuid.UUID) -> Transcription:
    """Raises Http404."""
    entries = user.transcriptions.select_related("transcript__media", "user", "upload")
    try:
        return entries.get(pk=entry_id)
    except Transcription.DoesNotExist:
        raise Http404 from None


def entries_of(user: User, asked: Sequence[str]) -> QuerySet[Transcription]:
    """Those of them that are theirs. Raises Http404 for what is no key."""
    try:
        keys = {uuid.UUID(key) for key in asked}
    except ValueError:
        raise Http404 from None
    return user.transcriptions.filter(pk__in=keys)


def sign_in(request: HttpRequest, then: str) -> HttpResponse:
    """htmx would follow a redirect and put the sign-in page where a part of the page was."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(reverse("account_login"))
    return redirect_to_login(then)
