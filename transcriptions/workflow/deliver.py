"""Telling other servers, as Standard Webhooks has it: signed, again after a while if they do not take it.

A message is told at least once: who is killed between the answer and the row has it told again, under the same id.
"""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from transcriptions import links, metrics
from transcriptions.models import Delivery, Webhook
from transcriptions.workflow.aside import Aside
from transcriptions.workflow.export import export
from transcriptions.workflow.lease import Lease, carry_out, claim

logger = logging.getLogger(__name__)

PREFIX = "whsec_"
LONGER = 4  # times, each rest than the one before


def waiting() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=Delivery.State.WAITING)


def deliver_next(aside: Aside | None = None) -> bool:
    """Tell what has waited longest; False when there is nothing, or no hand free for it.

    aside: who does it, because it may take as long as somebody else's server likes; without, it is done here.
    """
    if aside and not aside.has_room():
        return False
    lease = claim(waiting().select_related("transcription__transcript").order_by("created_at", "pk"), timezone.now())
    if lease is None:
        return False
    deliver = partial(
        carry_out,
        lease,
        partial(_deliver, lease),
        lambda code, detail: _note(lease, None, f"{code} {detail}"),
        exhausted="too_many_attempts",
        most=settings.WEBHOOK_ATTEMPTS,
    )
    _do(deliver, aside)
    return True


def _do(work: Callable[[], None], aside: Aside | None) -> None:
    if aside:
        aside.do(work)
    else:
        work()


def _deliver(lease: Lease[Delivery]) -> None:
    delivery = lease.work
    webhook = Webhook.objects.filter(user=delivery.user_id).first()
    if webhook is None:
        _note(lease, None, "there is no secret to sign it with any more", is_last=True)
        return
    body = _body(delivery)
    try:
        address = links.parse(delivery.url)
        code = links.post(address, body, headers(delivery, body, webhook.secret, timezone.now()))
    except links.LinkRefused as refused:
        _note(lease, None, str(refused))
    else:
        _note(lease, code, "", is_last=code == HTTPStatus.GONE)  # by the standard: never again


def _body(delivery: Delivery) -> bytes:
    """The same for every attempt, as long as nobody corrects the text."""
    content = delivery.content
    if delivery.with_text and delivery.transcription and delivery.event == Delivery.Event.DONE:
        text = b"".join(export(entry=delivery.transcription, format_name="txt")).decode()
        content = {**content, "data": {**content["data"], "text": text}}
    return json.dumps(content, ensure_ascii=False).encode()


def headers(delivery: Delivery, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """Those of Standard Webhooks: the message's id, when it is sent, and the signature over both and the body."""
    message, timestamp = f"msg_{delivery.pk.hex}", str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.digest(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256)
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": message, "webhook-timestamp": timestamp, "webhook-signature": signature}


def _note(lease: Lease[Delivery], code: int | None, error: str, *, is_last: bool = False) -> None:
    """What came of an attempt: it is delivered, rests until the next one, or has failed."""
    now = timezone.now()
    with transaction.atomic():
        row = lease.hold()
        row.response_code, row.error, row.tried_at = code, error[:1000], now
        row.lease_owner, row.lease_expires_at = "", None
        if code is not None and HTTPStatus.OK <= code < HTTPStatus.MULTIPLE_CHOICES:
            row.state, row.finished_at = Delivery.State.DELIVERED, now
        elif is_last or row.attempts >= settings.WEBHOOK_ATTEMPTS:
            row.state, row.finished_at = Delivery.State.FAILED, now
        else:
            row.lease_expires_at = now + _rest(row.attempts)
        row.save()
    metrics.deliveries.labels(outcome=row.state).inc()
    logger.info("Delivery %s: %s after %d attempts.", row.pk, row.state, row.attempts)


def _rest(attempts: int) -> timedelta:
    return timedelta(seconds=settings.WEBHOOK_REST_SECONDS * LONGER ** (attempts - 1))
