"""The one way to entries: through their owner, or as far as the owner lets a reader. For everybody else there are none,
nor those thrown away.

What only the owner does asks `entry_of`. What readers do, too, asks `reader_of`, or stands behind `open_to`.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from transcriptions.models import Level, Share, Transcription
from transcriptions.workflow import sharing

LINKS = "links"  # in a session: the numbers of the links that it has opened, by entry
MOST_OPENED = 100  # entries a session remembers

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Reader:
    """Somebody before an entry, and what they may do with it.

    user: None for a guest, who reads and comments at most: whoever corrects is known. is_invited: the owner named them,
    so each may know who the other is.
    """

    entry: Transcription
    user: User | None
    level: Level
    is_owner: bool = False
    is_invited: bool = False
    can_download: bool = False
    could_edit: bool = False  # signed in

    @property
    def can_comment(self) -> bool:
        return self.level >= Level.COMMENT

    @property
    def can_edit(self) -> bool:
        return self.level >= Level.EDIT

    @property
    def sees_names(self) -> bool:
        return self.is_owner or self.is_invited


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


def reader_of(request: HttpRequest, entry_id: uuid.UUID) -> Reader | None:
    """None for somebody who is signed out and has opened no link to it. Raises Http404."""
    user = request.user if request.user.is_authenticated else None
    opened = request.session.get(LINKS, {}).get(str(entry_id))
    if user is None and opened is None:
        return None
    entries = Transcription.objects.select_related("transcript__media", "user", "upload")
    entry = entries.filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    if user == entry.user:
        return Reader(entry, user, Level.EDIT, is_owner=True, can_download=True)
    right = sharing.right(entry=entry, user=user, links=opened or [], now=timezone.now())
    if right is None:
        raise Http404
    return Reader(
        entry,
        user,
        level=right.level if user else min(right.level, Level.COMMENT),
        is_invited=right.is_invited,
        can_download=right.can_download,
        could_edit=user is None and right.level == Level.EDIT,
    )


def open_to(level: Level, *, is_page: bool = False) -> Callable[[View], View]:
    """The view gets a Reader who may do so much, in place of the entry's key. Who has to sign in first comes back to it
    where it is a page, else to the transcript."""

    def opened(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, entry_id: uuid.UUID, *arguments: Any, **named: Any) -> HttpResponseBase:
            reader = reader_of(request, entry_id)
            if reader is None:
                return sign_in(request, request.get_full_path() if is_page else reverse("transcript", args=[entry_id]))
            if reader.level < level:
                raise Http404
            response = view(request, reader, *arguments, **named)
            if not reader.is_owner:
                response.headers["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return answer

    return opened


def remember(request: HttpRequest, share: Share) -> None:
    """That this session has opened a link."""
    links: dict[str, list[int]] = request.session.get(LINKS, {})
    key = str(share.transcription_id)
    mine = [*(number for number in links.pop(key, []) if number != share.pk), share.pk]
    kept = list(links.items())[1 - MOST_OPENED :]
    request.session[LINKS] = {**dict(kept), key: mine[-MOST_OPENED:]}


def sign_in(request: HttpRequest, then: str) -> HttpResponse:
    """htmx would follow a redirect and put the sign-in page where a part of the page was."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(reverse("account_login"))
    return redirect_to_login(then)
