"""Links: a recording fetched from an address that somebody gives, and from nowhere it should not come from; and a
server told something, by the same way out.

Everything raises LinkRefused. What arrives is as untrusted as any upload; the caller stores it and has it looked at.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from django.conf import settings

from transcriptions.configuration import current
from transcriptions.links import direct, page, tell
from transcriptions.links.address import Address, parse
from transcriptions.links.connect import Deadline
from transcriptions.links.values import Fetched, Limits, LinkRefused

__all__ = ["Address", "Fetched", "LinkRefused", "parse"]


def understand(text: str) -> Address:
    """What a person has typed or pasted, before anything is looked up or asked."""
    if not current.ALLOW_LINKS:
        raise LinkRefused("links_off", "ALLOW_LINKS is false")
    return parse(text)


@contextmanager
def fetch(address: Address) -> Iterator[Fetched]:
    """The file there, or the recording on the page there, while the block lasts; its pieces come as they are read."""
    limits = _limits(settings.LINK_TIMEOUT_MINUTES * 60)
    deadline = Deadline(limits.seconds)
    with ExitStack() as stack:
        try:
            found = stack.enter_context(direct.fetch(address, limits, deadline))
        except LinkRefused as refused:
            if refused.code != "link_not_media" or not page.is_installed():
                raise
            found = stack.enter_context(page.fetch(address, limits, deadline))
        yield found


def post(address: Address, body: bytes, headers: Mapping[str, str]) -> int:
    """Tell a server something. The status it answers."""
    return tell.post(address, body, headers, _limits(settings.WEBHOOK_TIMEOUT_SECONDS))


def _limits(seconds: float) -> Limits:
    return Limits(
        size_bytes=current.MAX_UPLOAD_BYTES,
        seconds=seconds,
        allowed_hosts=frozenset(host.lower() for host in settings.LINK_ALLOWED_HOSTS),
    )
