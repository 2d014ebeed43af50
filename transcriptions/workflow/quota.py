"""How much of the site one person may use: bytes, hours, files on their way at a time. 0 is no limit."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Count,
    Field,
    FloatField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from accounts.models import User
from transcriptions import incoming
from transcriptions.configuration import current
from transcriptions.models import Media, Transcription, Upload

USED = ("kept_bytes", "recorded_seconds", "arriving_bytes", "arriving_uploads")


class QuotaExceeded(Exception):  # noqa: N818 - a verdict
    """`code` is the sentence's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Use:
    """Of one person: bytes of recordings kept and of files that arrive, seconds of recordings, files that arrive."""

    size_bytes: int
    seconds: float
    uploads: int


def use(user: User, but: Upload | None = None) -> Use:
    """Without an upload that is asked about."""
    row = with_use(User.objects.filter(pk=user.pk), but).values(*USED).get()
    unsaid = _arriving(user.uploads.all(), but).filter(size_bytes=None).values_list("pk", flat=True)
    return Use(
        size_bytes=row["kept_bytes"] + row["arriving_bytes"] + sum(map(_there, unsaid)),
        seconds=row["recorded_seconds"],
        uploads=row["arriving_uploads"],
    )


def with_use(users: QuerySet[User], but: Upload | None = None) -> QuerySet[User]:
    """Each with what they use, in one query, as USED names it. A recording that stands twice in a history counts once;
    an upload counts by its size, where its sender has said one."""
    own = Transcription.objects.filter(user=OuterRef(OuterRef("pk")))
    media = Media.objects.filter(pk__in=own.values("transcript__media"))
    uploads = _arriving(Upload.objects.filter(user=OuterRef("pk")), but)
    return users.annotate(
        kept_bytes=_of(media.exclude(storage_key=""), Sum("size_bytes", default=0), BigIntegerField()),
        recorded_seconds=_of(media, Sum("duration_seconds", default=0.0), FloatField()),
        arriving_bytes=_of(uploads, Sum("size_bytes", default=0), BigIntegerField()),
        arriving_uploads=_of(uploads, Count("pk"), BigIntegerField()),
    )


def _arriving(uploads: QuerySet[Upload], but: Upload | None) -> QuerySet[Upload]:
    there = uploads.filter(completed_at=None, error_code="")
    return there.exclude(pk=but.pk) if but else there


def _of(rows: QuerySet[Any], figure: Aggregate, kind: "Field[Any, Any]") -> Coalesce:
    """A figure over all rows: in a subquery they have to be grouped, by what is the same for all."""
    grouped = rows.order_by().annotate(all=Value(1)).values("all").annotate(figure=figure).values("figure")
    return Coalesce(Subquery(grouped, output_field=kind), Value(0, output_field=kind))


def _there(upload_id: uuid.UUID) -> int:
    try:
        return incoming.size(upload_id)
    except FileNotFoundError:
        return 0


def ask(user: User, size_bytes: int, uploads: int = 0, but: Upload | None = None) -> None:
    """Whether so many more bytes, and uploads, are allowed. Raises QuotaExceeded."""
    used = use(user, but)
    limits = (
        ("too_many_uploads", used.uploads + uploads, current.MAX_UPLOADS_PER_USER if uploads else 0),
        ("quota_bytes", used.size_bytes + size_bytes, current.MAX_BYTES_PER_USER),
        ("quota_hours", used.seconds / 3600, current.MAX_HOURS_PER_USER),
    )
    for code, wanted, limit in limits:
        if limit and wanted > limit:
            raise QuotaExceeded(code)
