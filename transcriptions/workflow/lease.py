"""Holding work for a while: claimed by SQL, renewed, lost by silence. Does not know what the work is."""

import logging
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from transcriptions import backlog, metrics, processes, storage, trail
from transcriptions.engine.errors import EngineError
from transcriptions.models import Delivery, Leased, Rehearing, Rendition, Shard, Takeout, Transcript, Upload
from transcriptions.workflow.renewal import renewed

logger = logging.getLogger(__name__)

REST_SECONDS = 5
WAIT_SECONDS = 30  # for room on the disk, for S3
MAX_ATTEMPTS = 3  # claims in a row without any progress
STAGES: dict[type[Leased], str] = {model: kind for kind, model in backlog.KINDS.items()}
Work = TypeVar("Work", Shard, Transcript, Rendition, Takeout, Upload, Delivery, Rehearing)


class LeaseLost(Exception):  # noqa: N818 - not an error: somebody else goes on
    """The work is another worker's by now, or is no longer wanted. Write nothing more."""


@dataclass(frozen=True)
class Lease(Generic[Work]):
    """A claim on one row. Every write of its holder goes through `hold`, so a late one cannot do harm."""

    work: Work
    owner: str

    def hold(self) -> Work:
        """The row, locked, if it is still ours; inside a transaction. Raises LeaseLost."""
        rows: QuerySet[Work] = type(self.work)._default_manager.select_for_update(of=("self",))
        row = rows.filter(pk=self.work.pk, lease_owner=self.owner).first()
        if row is None:
            raise LeaseLost
        return row

    def give_back(self) -> None:
        """Anybody may claim it at once; the attempt does not count."""
        self._mine().update(lease_owner="", lease_expires_at=None, attempts=F("attempts") - 1)

    def give_up(self, now: datetime) -> None:
        """After an unexpected failure: it rests for a while, longer each time, until the sweep offers it again."""
        rest = timedelta(seconds=REST_SECONDS * self.work.attempts)
        self._mine().update(lease_owner="", lease_expires_at=now + rest)

    def put_off(self, now: datetime) -> None:
        """Nothing is wrong with the work itself: it rests until the sweep offers it again, and the attempt does not
        count."""
        rest = timedelta(seconds=WAIT_SECONDS)
        self._mine().update(lease_owner="", lease_expires_at=now + rest, attempts=F("attempts") - 1)

    def renew(self) -> None:
        self._mine().update(lease_expires_at=_expiry(timezone.now()))

    def is_ours(self) -> bool:
        return self._mine().exists()

    def _mine(self) -> QuerySet[Work]:
        rows: QuerySet[Work] = type(self.work)._default_manager.filter(pk=self.work.pk, lease_owner=self.owner)
        return rows


def carry_out(
    lease: Lease[Work],
    do: Callable[[], None],
    fail: Callable[[str, str], None],
    exhausted: str,
    most: int = MAX_ATTEMPTS,
) -> None:
    """Do the work while the lease is kept, and see to every way it can end.

    fail: called with a code and a detail when the engine refuses the work, or with the code `exhausted` after more
    attempts than `most`; it asks for the lease itself.
    """
    with trail.following(_origin(lease.work), **_about(lease.work)):
        _carry_out(lease, do, fail, exhausted, most)


def _carry_out(
    lease: Lease[Work], do: Callable[[], None], fail: Callable[[str, str], None], exhausted: str, most: int
) -> None:
    try:
        if lease.work.attempts > most:
            fail(exhausted, "")
            return
        _note_wait(lease.work)
        with renewed(lease.owner, lease.renew):
            try:
                with trail.stage(STAGES[type(lease.work)]):
                    do()
            except EngineError as error:
                fail(error.code, error.detail)
    except LeaseLost:
        logger.info("%s is somebody else's by now, or no longer wanted.", lease.work)
    except storage.Unavailable as error:
        logger.warning("%s waits: %s (%s).", lease.work, error.code, error)
        lease.put_off(timezone.now())
    except Exception:
        lease.give_up(timezone.now())
        raise


def _note_wait(work: Work) -> None:
    """Of the first who takes it: a second has another story."""
    since = work.offered_at if isinstance(work, Shard) else work.created_at
    if work.attempts == 1 and since:
        trail.past(f"wait_to_{STAGES[type(work)]}", _origin(work), since, timezone.now())


def _origin(work: Work) -> trail.Origin:
    """Of what is made to be looked at nobody keeps it."""
    if isinstance(work, Shard):
        return dict(work.transcript.origin)
    return {} if isinstance(work, (Rendition, Takeout, Rehearing)) else dict(work.origin)


def _about(work: Work) -> dict[str, str | int]:
    if isinstance(work, Shard):
        return {"transcript": work.transcript_id, "shard": work.index}
    return {type(work).__name__.lower(): work.pk if isinstance(work.pk, int) else str(work.pk)}


def claim(candidates: QuerySet[Work], now: datetime) -> Lease[Work] | None:
    """Claim the first free row that nobody else is claiming at this moment."""
    with transaction.atomic():
        free = candidates.filter(free_at(now))
        row = free.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        after = "expiry" if row.lease_owner else "failure" if row.attempts else "nothing"
        row.lease_owner = f"{processes.identity()}:{uuid.uuid4().hex[:12]}"
        row.lease_expires_at = _expiry(now)
        row.attempts += 1
        row.save(update_fields=["lease_owner", "lease_expires_at", "attempts"])
    metrics.claims.labels(kind=STAGES[type(row)], after=after).inc()
    return Lease(row, row.lease_owner)


def free_at(now: datetime) -> Q:
    return Q(lease_expires_at=None) | Q(lease_expires_at__lt=now)


def free_leases_of_the_dead() -> int:
    """End the leases of processes of this host that are gone, instead of waiting until they run out."""
    freed = 0
    for model in STAGES:
        held = model._default_manager.filter(lease_owner__startswith=f"{socket.gethostname()}:")
        owners = held.values_list("lease_owner", flat=True)
        dead = [owner for owner in owners if processes.is_gone(owner.rpartition(":")[0])]
        freed += model._default_manager.filter(lease_owner__in=dead).update(lease_owner="", lease_expires_at=None)
    return freed


def _expiry(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)
