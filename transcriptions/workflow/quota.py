"""How much of the site one person may use: bytes, hours, files on their way at a time. 0 is no limit."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from transcriptions.models import Media


class QuotaExceeded(Exception):  # noqa: N818 - a verdict
    """`code` and `limit` make the sentence."""

    def __init__(self, code: str, limit: float) -> None:
        super().__init__(code)
        self.code, self.limit = code, limit


@dataclass(frozen=True)
class Use:
    """Of one person: bytes of recordings kept and of files that arrive, seconds of recordings, files that arrive."""

    size_bytes: int
    seconds: float
    uploads: int


def use(user: User) -> Use:
    """A recording that stands twice in a history counts once."""
    media = Media.objects.filter(pk__in=user.transcriptions.values("transcript__media"))
    kept = media.exclude(storage_key="").aggregate(size=Sum("size_bytes", default=0))["size"]
    longest = Coalesce(F("duration_seconds"), 0.0)
    arriving = user.uploads.filter(completed_at=None, error_code="")
    return Use(
        size_bytes=kept + arriving.aggregate(size=Sum("size_bytes", default=0))["size"],
        seconds=media.aggregate(seconds=Sum(longest, default=0.0))["seconds"],
        uploads=arriving.count(),
    )


def ask(user: User, size_bytes: int, uploads: int = 0) -> None:
    """Whether so many more bytes, and uploads, are allowed. Raises QuotaExceeded."""
    used = use(user)
    limits = (
        ("too_many_uploads", used.uploads + uploads, settings.MAX_UPLOADS_PER_USER if uploads else 0),
        ("quota_bytes", used.size_bytes + size_bytes, settings.MAX_BYTES_PER_USER),
        ("quota_hours", used.seconds / 3600, settings.MAX_HOURS_PER_USER),
    )
    for code, wanted, limit in limits:
        if limit and wanted > limit:
            raise QuotaExceeded(code, limit)
