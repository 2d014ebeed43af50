"""Where a person, or a request of theirs, wants to be told; the secret it is signed with; telling once more."""

import base64
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from transcriptions import links, queue
from transcriptions.models import Delivery, Webhook
from transcriptions.workflow.deliver import PREFIX
from transcriptions.workflow.intake import Refused

SECRET_BYTES = 32


def callback(*, user: User, url: str, with_text: bool) -> dict[str, Any]:
    """What a request keeps of where it wants to be told; nothing without an address. Raises Refused."""
    if not url:
        return {}
    address = _address(url)
    if not Webhook.objects.filter(user=user).exists():
        raise Refused("no_webhook_secret")
    return {"url": address, "with_text": with_text}


def choose(*, user: User, url: str, with_text: bool, now: datetime) -> str:
    """Where to tell of all their recordings; "" of none. The secret, when it is a new one; else "". Raises Refused."""
    fields = {"url": _address(url) if url else "", "with_text": with_text}
    secret = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    created = {**fields, "secret": secret, "created_at": now}
    _, is_new = Webhook.objects.update_or_create(user=user, defaults=fields, create_defaults=created)
    return secret if is_new else ""


def remove(*, user: User) -> None:
    """The address and the secret. What still waits cannot be signed any more and fails."""
    Webhook.objects.filter(user=user).delete()


def send_again(*, delivery: Delivery) -> bool:
    """Whether it was over: then it is told once more, under the same id, as often as a new one is tried."""
    over = Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.WAITING)
    fresh = {"state": Delivery.State.WAITING, "attempts": 0, "lease_owner": "", "lease_expires_at": None}
    is_over = bool(over.update(**fresh, finished_at=None))
    if is_over:
        queue.wake("media")
    return is_over


def _address(url: str) -> str:
    if not settings.ALLOW_WEBHOOKS:
        raise Refused("webhooks_off")
    try:
        return str(links.parse(url))
    except links.LinkRefused as refused:
        raise Refused("webhook_address") from refused
