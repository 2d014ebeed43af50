"""The Range header: which bytes of a file are asked for. Only single ranges; several are answered with the whole."""

import re
from dataclasses import dataclass

RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


class Unsatisfiable(Exception):  # noqa: N818 - a verdict, not an error
    """It begins after the end."""


@dataclass(frozen=True)
class Part:
    """From `start` to before `end`, in bytes."""

    start: int
    end: int

    def content_range(self, size: int) -> str:
        return f"bytes {self.start}-{self.end - 1}/{size}"


def part(header: str, size: int) -> Part | None:
    """None for the whole file: nothing asked, or nothing that can be understood. Raises Unsatisfiable."""
    found = RANGE.fullmatch(re.sub(r"[ \t]", "", header))
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    if first and last and int(last) < int(first):
        return None
    if start >= size:
        raise Unsatisfiable
    return Part(start, end)
