"""What a link leads to, what it may cost, and how it is refused."""

from collections.abc import Iterator
from dataclasses import dataclass


class LinkRefused(Exception):  # noqa: N818 - a verdict, not an error
    """Nothing is fetched, or no more of it; `code` is the sentence's, the text is for the operator."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code


@dataclass(frozen=True)
class Limits:
    """seconds: from the first name that is looked up to the last byte. allowed_hosts: as a link has them, `host` or
    `host:port`; of these, and of no other, the numeric address may be a private one."""

    size_bytes: int
    seconds: float
    allowed_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fetched:
    """A file that begins to arrive. size_bytes: as its server says, None where it does not. `pieces` are read once, and
    raise LinkRefused when the rest does not come or is too much."""

    file_name: str
    content_type: str
    size_bytes: int | None
    pieces: Iterator[bytes]


def too_large(limits: Limits) -> LinkRefused:
    return LinkRefused("too_large", f"more than {limits.size_bytes} bytes")
