"""The one way out: a name is looked up once, every answer is checked, and that very answer is connected to.

So a name that answers anew, otherwise, gains nothing. Speaks no HTTP.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore2

from transcriptions.links.address import in_brackets
from transcriptions.links.public import is_public
from transcriptions.links.values import LinkRefused

CONNECT_SECONDS = 10.0  # to each address
ADDRESSES_TRIED = 3  # of a name, one after the other


class Deadline:
    """When everything has to be over, in seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Raises httpcore2.ReadTimeout when it has passed."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the time for all of it is over")
        return left if at_most is None else min(left, at_most)


@contextmanager
def refusing() -> Iterator[None]:
    """What goes wrong on the way is a refusal."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise LinkRefused("link_too_slow", str(error)) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise LinkRefused("link_failed", str(error)) from error


class CheckedBackend(httpcore2.SyncBackend):
    """Opens connections for httpcore2. Raises LinkRefused, and httpcore2's errors."""

    def __init__(self, allowed_hosts: frozenset[str], deadline: Deadline) -> None:
        self._allowed_hosts, self._deadline = allowed_hosts, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        *others, last = self._checked(host, port)[:ADDRESSES_TRIED]
        for address in others:
            try:
                return self._connect(address, port)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return self._connect(last, port)

    def connect_unix_socket(self, *arguments: Any, **options: Any) -> httpcore2.NetworkStream:
        raise NotImplementedError("no link leads to one")

    def _checked(self, host: str, port: int) -> list[str]:
        """The numeric addresses of a host; one that is not public is enough to refuse them all."""
        addresses = resolve(host, port)
        named = in_brackets(host)
        if not self._allowed_hosts & {named, f"{named}:{port}"}:
            for address in addresses:
                if not is_public(address) or is_of_this_host(address, port):
                    raise LinkRefused("link_private", f"{host} is {address}")
        return addresses

    def _connect(self, address: str, port: int) -> httpcore2.NetworkStream:
        return _InTime(super().connect_tcp(address, port, self._deadline.left(CONNECT_SECONDS)), self._deadline)


class _InTime(httpcore2.NetworkStream):
    """A connection whose every wait ends with the deadline: a server may send a byte now and then for ever."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _InTime(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def resolve(host: str, port: int) -> list[str]:
    """Numeric addresses, the best first, at least one. Raises LinkRefused."""
    try:
        found = socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise LinkRefused("link_failed", f"{host} has no address: {error}") from None
    return [str(place[0]) for *_, place in found]


def is_of_this_host(address: str, port: int) -> bool:
    """Whether it is one of this machine's own, a public one too. Nothing is sent: UDP only chooses where from."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as trial:
        try:
            trial.connect((address, port))
        except OSError:
            return False  # no way leads there; connecting will say so
        return bool(trial.getsockname()[0] == trial.getpeername()[0])
