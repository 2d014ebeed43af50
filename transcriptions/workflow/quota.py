"""How much of the site one person may use: bytes, hours, files on their way at a time. 0 is no limit."""

import uuid
from dataclasses import dataclass

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from transcriptions import incoming
from transcriptions.configuration import current
from transcriptions.models import Media, Upload


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
    """A recording that stands twice in a history counts once. Without an upload that is asked about."""
    media = Media.objects.filter(pk__in=user.transcriptions.values("transcript__media"))
    kept = media.exclude(storage_key="").aggregate(size=Sum("size_bytes", default=0))["size"]
    longest = Coalesce(F("duration_seconds"), 0.0)
    arriving = user.uploads.filter(completed_at=None, error_code="")
    if but:
        arriving = arriving.exclude(pk=but.pk)
    unsaid = sum(_there(pk) for pk in arriving.filter(size_bytes=None).values_list("pk", flat=True))
    return Use(
        size_bytes=kept + unsaid + arriving.aggregate(size=Sum("size_bytes", default=0))["size"],
        seconds=media.aggregate(seconds=Sum(longest, default=0.0))["seconds"],
        uploads=arriving.count(),
    )


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
