"""What downloads are called: as people named them, as far as every system can have such a file."""

import re
from collections.abc import Iterator

FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # by Windows
RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)  # its devices
LONGEST_BYTES = 200  # of 255, for what a browser adds
DIRECTIONS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def file_name(title: str, ending: str) -> str:
    """ending: without its point. Nothing in a title can turn the ending round or hide it."""
    stem = FORBIDDEN.sub("-", title.translate(DIRECTIONS))
    stem = stem.encode()[:LONGEST_BYTES].decode(errors="ignore").strip(" .")
    if not stem or RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem}.{ending}"


def file_names(titles: list[str], ending: str) -> Iterator[str]:
    """One for each, none twice: not even for systems to which case is the same."""
    taken: set[str] = set()
    for title in titles:
        number, name = 1, file_name(title, ending)
        while name.casefold() in taken:
            number += 1
            name = file_name(f"{_cut(title)} ({number})", ending)
        taken.add(name.casefold())
        yield name


def _cut(title: str) -> str:
    """So that the number behind it stays."""
    return title.encode()[: LONGEST_BYTES - 10].decode(errors="ignore")
