"""Links: a recording fetched from an address that somebody gives, and from nowhere it should not come from.

Everything raises LinkRefused. What arrives is as untrusted as any upload; the caller stores it and has it looked at.
"""

from contextlib import AbstractContextManager

from django.conf import settings

from transcriptions.links import direct
from transcriptions.links.address import Address, parse
from transcriptions.links.values import Fetched, Limits, LinkRefused

__all__ = ["Address", "Fetched", "LinkRefused"]


def understand(text: str) -> Address:
    """What a person has typed or pasted, before anything is looked up or asked."""
    if not settings.ALLOW_LINKS:
        raise LinkRefused("links_off", "ALLOW_LINKS is false")
    return parse(text)


def fetch(address: Address) -> AbstractContextManager[Fetched]:
    """The file there, while the block lasts; its pieces come as they are read."""
    return direct.fetch(address, _limits())


def _limits() -> Limits:
    return Limits(
        size_bytes=settings.MAX_UPLOAD_BYTES,
        seconds=settings.LINK_TIMEOUT_MINUTES * 60,
        allowed_hosts=frozenset(host.lower() for host in settings.LINK_ALLOWED_HOSTS),
    )
