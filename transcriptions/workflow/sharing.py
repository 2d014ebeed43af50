"""An entry opened to others: to an account, or to whoever has a link; until it is revoked, expires or is thrown away.

A link's token is long and random, so a fast hash of it is enough; it is found by that hash, of which nobody can guess
any part, so how long the search takes tells nothing. The password that a link may ask for is hashed slowly.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F, Q, QuerySet

from accounts.models import User
from transcriptions.configuration import current
from transcriptions.models import Level, Share, Transcription
from transcriptions.workflow.intake import Refused


@dataclass(frozen=True)
class Right:
    """What somebody may do with an entry that is not theirs. is_invited: its owner named their account."""

    level: Level
    can_download: bool
    is_invited: bool


def make_link(
    *,
    entry: Transcription,
    level: Level,
    now: datetime,
    can_download: bool = False,
    password: str = "",
    expires_at: datetime | None = None,
) -> str:
    """The token of a new link, which nobody can read again."""
    token = secrets.token_urlsafe(32)
    Share.objects.create(
        transcription=entry,
        digest=_digest(token),
        level=level,
        can_download=can_download,
        password=make_password(password) if password else "",
        created_at=now,
        expires_at=expires_at,
    )
    return token


def share_with(
    *,
    entry: Transcription,
    address: str,
    level: Level,
    now: datetime,
    can_download: bool = False,
    expires_at: datetime | None = None,
) -> Share:
    """With the account of an address; what it had of this entry before is replaced. Raises Refused."""
    user = User.objects.filter(email__iexact=address, is_active=True).first()
    if user is None:
        raise Refused("no_account")
    if user.pk == entry.user_id:
        raise Refused("own_account")
    given = {"level": level, "can_download": can_download, "expires_at": expires_at}
    share, _ = Share.objects.update_or_create(
        transcription=entry, user=user, revoked_at=None, defaults=given, create_defaults={**given, "created_at": now}
    )
    return share


def revoke(*, entry: Transcription, share_id: int, now: datetime) -> None:
    """From now on nobody comes in by it, nor stays."""
    entry.shares.filter(pk=share_id, revoked_at=None).update(revoked_at=now)


def of(entry: Transcription, now: datetime) -> QuerySet[Share]:
    """Those that hold, the newest first."""
    return _holding(now).filter(transcription=entry).select_related("user").order_by("-created_at", "-pk")


def shared_with(user: User, now: datetime) -> QuerySet[Transcription]:
    """The entries of others that are open to an account."""
    return Transcription.objects.filter(
        Q(shares__expires_at=None) | Q(shares__expires_at__gt=now),
        shares__user=user,
        shares__revoked_at=None,
        user__is_active=True,
    )


def find(token: str, now: datetime) -> Share | None:
    """The link with this token, whose entry is there."""
    return _links(now).select_related("transcription").filter(digest=_digest(token)).first()


def opens(share: Share, password: str) -> bool:
    return not share.password or check_password(password, share.password)


def count_view(share: Share) -> None:
    Share.objects.filter(pk=share.pk).update(views=F("views") + 1)


def right(*, entry: Transcription, user: User | None, links: Iterable[int], now: datetime) -> Right | None:
    """What an account and the links that somebody has opened let them do together; None: nothing."""
    found = list(_links(now).filter(transcription=entry, pk__in=list(links)))
    named = list(_holding(now).filter(transcription=entry, user=user)) if user else []
    if not (found or named):
        return None
    return Right(
        level=Level(max(share.level for share in (*found, *named))),
        can_download=any(share.can_download for share in (*found, *named)),
        is_invited=bool(named),
    )


def _links(now: datetime) -> QuerySet[Share]:
    links = _holding(now).filter(user=None)
    return links if current.ALLOW_SHARE_LINKS else links.none()


def _holding(now: datetime) -> QuerySet[Share]:
    unexpired = Q(expires_at=None) | Q(expires_at__gt=now)
    return Share.objects.filter(
        unexpired, revoked_at=None, transcription__deleted_at=None, transcription__user__is_active=True
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
