"""The recording on a web page, found and fetched by yt-dlp where that is installed.

It is a process of its own, in a room with the network, and told to connect by our proxy alone, which checks. Trusted to
do so; what sites answer to it is not trusted. It finds no other program to start.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import chain
from math import ceil

from transcriptions import temporary
from transcriptions.engine import room
from transcriptions.engine.room import Room
from transcriptions.links import proxy
from transcriptions.links.address import Address
from transcriptions.links.connect import Deadline, refusing
from transcriptions.links.proxy import Proxy
from transcriptions.links.values import Fetched, Limits, LinkRefused, too_large

PIECE_BYTES = 64 * 1024
PAGES_BYTES = 256 * 1024**2  # beside the recording: pages, scripts, lists, what is sent once more
FRAGMENT_BYTES = 64 * 1024**2  # of a recording that comes in pieces; each lies in a file until it is passed on
STALL_SECONDS = 120.0  # without a byte of the recording; before the first one, several pages may have to be read
CPU_SECONDS = 60  # to find it, and
CPU_SHARE = 0.25  # of the time allowed, to read it: encrypted pieces cost the most
SAID_BYTES = 2000
FOUND = re.compile(r"found: (?P<size>NA|\d{1,18}) (?P<name>.+)")  # what --print writes, among complaints

# Only what yt-dlp fetches itself, by HTTP; everything else would be another program's work. What breaks off is tried
# again only where it comes in pieces: a server that does not go on in the middle would give the front twice.
PROTOCOL = "[protocol~='^(https?|m3u8(_native)?|http_dash_segments)$']"
OPTIONS = (
    *("--ignore-config", "--no-plugin-dirs", "--no-cache-dir", "--no-cookies"),
    *("--no-exec", "--no-js-runtimes", "--no-remote-components", "--compat-options", "no-certifi"),
    *("--compat-options", "prefer-legacy-http-handler"),  # of the two it may find, the one that passes on what came
    *("--quiet", "--no-progress", "--color", "never"),
    *("--no-playlist", "--playlist-items", "1", "--match-filters", "!is_live"),
    *("--socket-timeout", "30", "--retries", "0", "--fragment-retries", "3", "--extractor-retries", "1"),
    *("--abort-on-unavailable-fragments", "--downloader", "native", "--hls-prefer-native", "--fixup", "never"),
    *("--format", f"bestaudio{PROTOCOL}/best{PROTOCOL}", "--output", "-"),
    *("--no-simulate", "--print", "before_dl:found: %(filesize)s %(title).200S.%(ext)s"),
)
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def is_installed() -> bool:
    return find_spec("yt_dlp") is not None


@contextmanager
def fetch(address: Address, limits: Limits, deadline: Deadline) -> Iterator[Fetched]:
    """It begins to arrive when the block begins; yt-dlp is gone when the block ends. Raises LinkRefused."""
    with (
        proxy.running(limits.allowed_hosts, deadline, limits.size_bytes + PAGES_BYTES) as way_out,
        temporary.folder("link") as folder,
        Room(
            _command(address, way_out),
            _room_limits(deadline),
            folder=folder,
            environment=_environment(way_out),
            online=True,
        ) as child,
    ):
        pieces = _pieces(child, way_out, limits)
        first = next(pieces)
        yield Fetched(_name(child, limits), "", None, chain([first], pieces))


def _command(address: Address, way_out: Proxy) -> list[str]:
    """Isolated: neither the folder it runs in nor the environment adds to its modules."""
    return [sys.executable, "-I", "-m", "yt_dlp", *OPTIONS, "--proxy", way_out.address, "--", str(address)]


def _environment(way_out: Proxy) -> dict[str, str]:
    """Nothing says which hosts go without the proxy: the system's settings neither, where a variable names one."""
    kept = {name: os.environ[name] for name in CERTIFICATES if name in os.environ}
    return {**kept, "PATH": os.devnull, "all_proxy": way_out.address}  # no program is found in such a PATH


def _room_limits(deadline: Deadline) -> room.Limits:
    with refusing():
        left = deadline.left()
    return room.Limits(CPU_SECONDS + ceil(CPU_SHARE * left), STALL_SECONDS, left, FRAGMENT_BYTES)


def _pieces(child: Room, way_out: Proxy, limits: Limits) -> Iterator[bytes]:
    """At least one."""
    came = 0
    try:
        while piece := child.read(PIECE_BYTES):
            came += len(piece)
            if came > limits.size_bytes:
                raise too_large(limits)
            yield piece
        status = child.wait()
    except TimeoutError as error:
        raise LinkRefused("link_too_slow", f"{error}: {child.said(SAID_BYTES)}") from error
    if status or not came:
        raise _failed(child, way_out, "link_failed" if came else "link_not_media")


def _failed(child: Room, way_out: Proxy, otherwise: str) -> LinkRefused:
    """What the proxy refused explains what yt-dlp says."""
    said = child.said(SAID_BYTES)
    for code in ("link_private", "too_large"):
        if refused := way_out.refused.get(code):
            return LinkRefused(code, f"{refused}: {said}")
    return LinkRefused(otherwise, said)


def _name(child: Room, limits: Limits) -> str:
    """As yt-dlp calls what it has begun to fetch. Raises LinkRefused where that says that it is too large."""
    found = next(filter(None, map(FOUND.fullmatch, child.news())), None)
    if found is None:
        raise LinkRefused("link_failed", f"yt-dlp does not say what it fetches: {child.said(SAID_BYTES)}")
    if found["size"] != "NA" and int(found["size"]) > limits.size_bytes:
        raise too_large(limits)
    return found["name"]
