"""What files and folders are called: as people named them, as far as every system can have such a one."""

import re
from collections.abc import Iterator

FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # by Windows
RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)  # its devices
LONGEST_BYTES = 200  # of 255, for what a browser adds
DIRECTIONS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def stem(title: str, longest_bytes: int = LONGEST_BYTES) -> str:
    """Nothing in a title can turn round or hide what is written behind it."""
    found = FORBIDDEN.sub("-", title.translate(DIRECTIONS))
    found = found.encode()[:longest_bytes].decode(errors="ignore").strip(" .")
    return f"_{found}" if not found or RESERVED.match(found) else found


def file_name(title: str, ending: str) -> str:
    """ending: without its point."""
    return f"{stem(title)}.{ending}"


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
