"""A file fetched from where it lies, by plain HTTP: no cookies, no sign-in, no proxy, nothing compressed.

Follows redirects, each as carefully as the first address. Does not decide whether what comes is a recording.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import httpcore2

from transcriptions.links.address import Address
from transcriptions.links.connect import CheckedBackend, Deadline, refusing
from transcriptions.links.name import file_name
from transcriptions.links.values import Fetched, Limits, LinkRefused, too_large

REDIRECTS = 5
IDLE_SECONDS = 30.0  # without a byte
MOVED = {301, 302, 303, 307, 308}
PAGES = {"text/html", "application/xhtml+xml"}
HEADERS = {"User-Agent": "TranscribeSite", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
TIMEOUTS = {"connect": IDLE_SECONDS, "read": IDLE_SECONDS, "write": IDLE_SECONDS}


@contextmanager
def fetch(address: Address, limits: Limits, deadline: Deadline) -> Iterator[Fetched]:
    """It begins to arrive when the block begins; the connection ends with the block. Raises LinkRefused."""
    backend = CheckedBackend(limits.allowed_hosts, deadline)
    with httpcore2.ConnectionPool(network_backend=backend) as pool:
        with refusing():
            place, answer = _follow(pool, address)
            headers = {name.decode("latin-1").lower(): _text(value) for name, value in answer.headers}
            content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
            _refuse(answer.status, headers, content_type)
        declared = int(headers["content-length"]) if "content-length" in headers else None
        if declared is not None and declared > limits.size_bytes:
            raise too_large(limits)
        name = file_name(headers.get("content-disposition", ""), place)
        yield Fetched(name, content_type, declared, _pieces(answer, limits))


def _follow(pool: httpcore2.ConnectionPool, address: Address) -> tuple[Address, httpcore2.Response]:
    for _ in range(1 + REDIRECTS):
        answer = pool.handle_request(_request(address))
        if answer.status not in MOVED:
            return address, answer
        answer.close()
        address = address.leading_to(_location(answer))
    raise LinkRefused("link_failed", f"more than {REDIRECTS} redirects")


def _request(address: Address) -> httpcore2.Request:
    url = httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
    headers = [("Host", address.authority), *HEADERS.items()]
    return httpcore2.Request("GET", url, headers=headers, extensions={"timeout": TIMEOUTS})


def _location(answer: httpcore2.Response) -> str:
    for name, value in answer.headers:
        if name.lower() == b"location":
            return _text(value)
    raise LinkRefused("link_failed", "a redirect that leads nowhere")


def _refuse(status: int, headers: dict[str, str], content_type: str) -> None:
    if status != HTTPStatus.OK:
        gone = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        retry = status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
        raise LinkRefused("link_not_found" if gone and not retry else "link_failed", f"it answers {status}")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise LinkRefused("link_failed", f"compressed by {headers['content-encoding']}, which was not asked for")
    if content_type in PAGES:
        raise LinkRefused("link_not_media", "a web page")


def _pieces(answer: httpcore2.Response, limits: Limits) -> Iterator[bytes]:
    came = 0
    with refusing():
        for piece in answer.iter_stream():
            came += len(piece)
            if came > limits.size_bytes:
                raise too_large(limits)
            yield piece


def _text(value: bytes) -> str:
    """A header's: most servers write UTF-8 today, and Latin-1 was the rule."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
