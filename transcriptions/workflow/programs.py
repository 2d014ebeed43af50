"""What programs bring, and bring again: a client that lost its line, or patience, sends the same request once more."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from transcriptions.engine.options import Options
from transcriptions.models import Media, Transcription
from transcriptions.workflow import history, versions

KEY_REMEMBERED = timedelta(hours=24)
CONTENT_REMEMBERED = timedelta(minutes=10)  # without a key


@dataclass(frozen=True)
class Request:
    """key: what its program calls it, if it does. The same content under another key is another request. callback:
    where it wants to be told of what becomes of it; see telling."""

    key: str = ""
    callback: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.key.encode()).hexdigest() if self.key else ""


def entry_before(request: Request, user: User, media: Media, options: Options, now: datetime) -> Transcription | None:
    """The entry that the same request made before, waited for again. The caller has locked the media, so the second of
    two requests at once sees what the first has made."""
    remembered = KEY_REMEMBERED if request.key else CONTENT_REMEMBERED
    before = user.transcriptions.filter(
        by_program=True,
        request_key=request.digest,
        created_at__gt=now - remembered,
        transcript__media=media,
        transcript__fingerprint=options.fingerprint(versions.known(options.model)),
    )
    entry = before.order_by("-created_at", "pk").first()
    if entry:
        history.retry(entry=entry, now=now)
    return entry
