"""Whether somebody who names a file that is known here has it: asked for the hash of places of it that nobody could
foresee. Who can answer need not send it."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.models import User
from transcriptions import metrics, storage
from transcriptions.configuration import current
from transcriptions.models import Media, Transcription
from transcriptions.workflow.intake import Refused, ask_quota, limits, new_entry, options_of
from transcriptions.workflow.share import SHARED_BY_EVERYONE, share_or_start

RANGES, RANGE_BYTES = 8, 4096
ANSWER_SECONDS = 300
SALT = "possession"


@dataclass(frozen=True)
class Challenge:
    """ranges: [start, end] of bytes; the answer is sha256 over the nonce and what stands there, in this order. sealed:
    all of it, to be brought back."""

    sealed: str
    nonce: str
    ranges: list[list[int]]


def ask(*, user: User, sha256: str, size_bytes: int) -> Challenge | None:
    """None where the file is not known to those who may share it, or its bytes are not kept."""
    media = _known(user, sha256)
    if media is None or media.size_bytes != size_bytes or media.storage_key != storage.media_key(sha256):
        return None
    if not storage.exists(media.storage_key):
        return None
    last = max(1, size_bytes - RANGE_BYTES)
    starts = [secrets.randbelow(last) for _ in range(RANGES)]
    ranges = [[start, min(start + RANGE_BYTES, size_bytes)] for start in starts]
    nonce = secrets.token_hex(16)
    sealed = signing.dumps([user.pk, sha256, nonce, ranges], salt=SALT)
    return Challenge(sealed, nonce, ranges)


def accept(
    *, user: User, sealed: str, proof: str, name: str, chosen: Mapping[str, str], now: datetime
) -> Transcription | None:
    """Their entry over the file that they have shown to have; None where they have not. Raises Refused."""
    try:
        user_id, sha256, nonce, ranges = signing.loads(sealed, salt=SALT, max_age=ANSWER_SECONDS)
    except signing.BadSignature:
        return None
    media = _known(user, sha256)
    if user_id != user.pk or media is None:
        return None
    try:
        expected = hashlib.sha256(bytes.fromhex(nonce))
        for start, end in ranges:
            expected.update(storage.read(media.storage_key, start, end))
    except (FileNotFoundError, storage.Unavailable):
        return None
    if not constant_time_compare(proof, expected.hexdigest()):
        return None
    return _enter(user, sha256, name, chosen, now)


def _enter(user: User, sha256: str, name: str, chosen: Mapping[str, str], now: datetime) -> Transcription | None:
    options = options_of({**user.defaults, **chosen})
    with transaction.atomic():
        media = Media.objects.select_for_update().filter(sha256=sha256).exclude(storage_key="").first()
        if media is None:
            return None
        ask_quota(user, media.size_bytes)
        if (media.duration_seconds or 0.0) > current.MAX_DURATION_HOURS * 3600:
            raise Refused("too_long", **limits("too_long"))
        entry = new_entry(user, share_or_start(media, options, user, now), name, now)
    metrics.uploads.labels(outcome="known").inc()
    return entry


def _known(user: User, sha256: str) -> Media | None:
    known = Media.objects.filter(sha256=sha256).exclude(storage_key="")
    if current.CACHE_SCOPE != SHARED_BY_EVERYONE:
        known = known.filter(pk__in=user.transcriptions.values("transcript__media"))
    return known.first()
