"""A recording that somebody has given the address of: fetched by a media worker, as an upload whose sender it is."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import User
from transcriptions import incoming, links, queue
from transcriptions.configuration import current
from transcriptions.models import Upload
from transcriptions.workflow import arrive
from transcriptions.workflow.aside import Aside
from transcriptions.workflow.intake import PASSING, Refused, clean_name
from transcriptions.workflow.lease import Lease, LeaseLost, carry_out, claim
from transcriptions.workflow.programs import Request

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # between two looks whether it is still wanted


def waiting() -> QuerySet[Upload]:
    return Upload.objects.exclude(address="").filter(completed_at=None, error_code="")


def expect(
    *, user: User, address: str, chosen: Mapping[str, str], now: datetime, request: Request | None = None
) -> Upload:
    """An upload that a media worker brings. Raises Refused."""
    try:
        understood = links.understand(address)
    except links.LinkRefused as refused:
        raise Refused(refused.code) from refused
    upload = arrive.expect(
        user=user,
        name=understood.host,
        size_bytes=None,
        last_modified=None,
        chosen=chosen,
        now=now,
        address=address,
        request=request,
    )
    queue.wake("media")
    return upload


def fetch_next(stopping: Callable[[], bool], aside: Aside | None = None) -> bool:
    """Fetch the recording that has waited longest; False when there is none, or no hand free for it.

    aside: who does it, because it may take as long as somebody else's server likes; without, it is done here.
    """
    if aside and not aside.has_room():
        return False
    free = waiting().exclude(user__in=_fetched_enough()).select_related("user")
    lease = claim(free.order_by("created_at", "pk"), timezone.now())
    if lease is None:
        return False
    fetch = partial(carry_out, lease, partial(_fetch, lease, stopping), partial(_fail, lease), exhausted="link_failed")
    if aside:
        aside.do(fetch)
    else:
        fetch()
    return True


def _fetched_enough() -> QuerySet[Any, Any]:
    """Who has as many hands at work as one person may."""
    by_person = waiting().filter(lease_expires_at__gt=timezone.now()).exclude(lease_owner="").order_by().values("user")
    most = current.MAX_FOLLOWED_UPLOADS_PER_USER
    return by_person.annotate(held=Count("pk")).filter(held__gte=most).values("user")


def _fail(lease: Lease[Upload], code: str, detail: str) -> None:
    logger.info("Upload %s was not fetched: %s.", lease.work, code)
    logger.debug("Of it was said: %s", detail)
    with transaction.atomic():
        lease.hold()
    arrive.refuse(lease.work, code, timezone.now())


def _fetch(lease: Lease[Upload], stopping: Callable[[], bool]) -> None:
    upload = lease.work
    incoming.create(upload.pk)
    looked_at = time.monotonic()
    try:
        with links.fetch(links.understand(upload.address)) as found, incoming.writer(upload.pk) as writer:
            writer.empty()  # its server need not be able to go on where another worker was
            _hear(upload, found)
            for piece in found.pieces:
                if stopping():
                    lease.give_back()
                    queue.wake("media")
                    return
                if time.monotonic() - looked_at > LOOK_SECONDS:
                    looked_at = time.monotonic()
                    arrive.prolong(upload, timezone.now())
                before = writer.size
                writer.write(piece)
                if arrive.is_worth_a_look(upload, before, writer.size):
                    arrive.look(upload, writer, timezone.now())
            arrive.complete(upload, writer, timezone.now())
    except links.LinkRefused as refused:
        _fail(lease, refused.code, str(refused))
    except Refused as refused:
        if refused.code in PASSING:
            lease.put_off(timezone.now())
        else:
            _fail(lease, refused.code, "")
    except incoming.Busy:  # one who has lost his lease and does not know it yet
        lease.put_off(timezone.now())
    except (FileNotFoundError, arrive.Gone):
        incoming.remove(upload.pk)
        raise LeaseLost from None  # its person has taken it back


def _hear(upload: Upload, found: links.Fetched) -> None:
    """What its server says of it. Raises Refused."""
    upload.file_name = clean_name(found.file_name) or upload.file_name
    if not Upload.objects.filter(pk=upload.pk).update(file_name=upload.file_name):
        raise arrive.Gone
    if found.size_bytes is not None:
        arrive.say_size(upload, found.size_bytes)
