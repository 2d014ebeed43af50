"""A web address taken apart once: what is checked is what is asked. Looks nothing up."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from transcriptions.links.values import LinkRefused

LETTERS = 8000  # of an address; signed ones are long
PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
HOST_LETTERS = 253  # RFC 1035
ALSO_ALLOWED = "/?%:@!$&'()*+,;=~"  # in a path or a query, as they are; % because it is quoted already


@dataclass(frozen=True)
class Address:
    """All in ASCII. host: without brackets. target: path and query. Without a fragment: no server is told that."""

    scheme: str
    host: str
    port: int
    target: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def authority(self) -> str:
        """As the header Host has it."""
        host = in_brackets(self.host)
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def leading_to(self, location: str) -> "Address":
        """Where a redirect from here leads. Raises LinkRefused."""
        return parse(urljoin(str(self), location))


def in_brackets(host: str) -> str:
    """As it stands before a port."""
    return f"[{host}]" if ":" in host else host


def parse(text: str) -> Address:
    """Raises LinkRefused("link_not_http") for whatever is not plainly a web address, with a name and password too."""
    try:
        return _parse(text.strip())
    except ValueError as error:  # UnicodeError, and with it idna's, is one
        raise LinkRefused("link_not_http", str(error)) from None


def _parse(text: str) -> Address:
    if len(text) > LETTERS or not text.isprintable():
        raise ValueError("too long, or with unprintable characters")
    parts = urlsplit(text)
    if parts.scheme not in PORTS:
        raise ValueError(f"the scheme is {parts.scheme!r}")
    if "@" in parts.netloc:
        raise ValueError("it has a name or a password in it")
    port = PORTS[parts.scheme] if parts.port is None else parts.port
    if not port:
        raise ValueError("there is no port 0")
    query = f"?{parts.query}" if parts.query else ""
    return Address(parts.scheme, _host(parts), port, quote((parts.path or "/") + query, safe=ALSO_ALLOWED))


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if parts.netloc.startswith("["):
        return _without_zone(IPv6Address(host))
    host = host.removesuffix(".")
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    if len(host) > HOST_LETTERS or not HOST.fullmatch(host):
        raise ValueError(f"{host!r} is no host")
    return host


def _without_zone(address: IPv6Address) -> str:
    if address.scope_id is not None:
        raise ValueError("a zone means something to one machine only")
    return str(address)
