"""A web proxy of this process's own, for a program whose connections have to be checked: CheckedBackend opens them.

It listens on the loopback interface, to whoever knows its secret, while its block lasts. It reads the head of a request
and then only passes bytes on.
"""

import logging
import secrets
import selectors
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any

import httpcore2

from transcriptions.links.address import Address, parse
from transcriptions.links.connect import CheckedBackend, Deadline
from transcriptions.links.values import LinkRefused

logger = logging.getLogger(__name__)

CONNECTIONS = 8  # at the same time
IDLE_SECONDS = 30.0  # without a byte in either direction
PIECE_BYTES = 64 * 1024
LOOK_SECONDS = 0.05  # between two looks whether the block has ended
USER = "links"
NOT_PASSED_ON = {"host", "connection", "keep-alive", "proxy-connection", "proxy-authorization"}


@contextmanager
def running(allowed_hosts: frozenset[str], deadline: Deadline, most_bytes: int) -> Iterator["Proxy"]:
    """most_bytes: of all connections in both directions. Who is connected when the block ends should be gone by then; a
    connection that is just being opened ends by itself."""
    with Proxy(allowed_hosts, deadline, most_bytes) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(LOOK_SECONDS,), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()


class Proxy(ThreadingTCPServer):
    """refused: by its code, the first time that something was."""

    daemon_threads = True
    request_queue_size = CONNECTIONS

    def __init__(self, allowed_hosts: frozenset[str], deadline: Deadline, most_bytes: int) -> None:
        self.backend, self.deadline = CheckedBackend(allowed_hosts, deadline), deadline
        self.refused: dict[str, LinkRefused] = {}
        self._secret = secrets.token_urlsafe(32)
        self._most_bytes, self._passed, self._counting = most_bytes, 0, threading.Lock()
        self._hands = threading.BoundedSemaphore(CONNECTIONS)
        super().__init__(("127.0.0.1", 0), _Request)

    @property
    def address(self) -> str:
        """For the program, with the secret in it."""
        return f"http://{USER}:{self._secret}@127.0.0.1:{self.server_address[1]}"

    def knows(self, authorization: str) -> bool:
        expected = f"Basic {b64encode(f'{USER}:{self._secret}'.encode()).decode()}"
        return secrets.compare_digest(authorization.encode(), expected.encode())

    def count(self, size: int) -> None:
        """Raises LinkRefused when it is too much."""
        with self._counting:
            self._passed += size
            if self._passed > self._most_bytes:
                raise LinkRefused("too_large", f"more than {self._most_bytes} bytes for all of the page")

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._hands.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._hands.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.exception("A connection of the links' proxy has failed.")


class _Request(BaseHTTPRequestHandler):
    """One of a connection: CONNECT, or another method with the whole address."""

    server: Proxy
    timeout = IDLE_SECONDS
    rbufsize = 0  # what follows the head is not read ahead, but passed on

    def do_CONNECT(self) -> None:
        self._serve(f"https://{self.path}")

    def do_GET(self) -> None:
        self._serve(self.path)

    do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815

    def _serve(self, text: str) -> None:
        if not self.server.knows(self.headers.get("Proxy-Authorization", "")):
            self._answer(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, "Proxy-Authenticate", "Basic")
            return
        try:
            address = parse(text)
            upstream = self.server.backend.connect_tcp(address.host, address.port)
        except LinkRefused as refused:
            self._note(refused)
            self._answer(HTTPStatus.FORBIDDEN)
        except (httpcore2.NetworkError, httpcore2.TimeoutException):
            self._answer(HTTPStatus.BAD_GATEWAY)
        else:
            with closing(upstream):
                self._pass_on(address, upstream.get_extra_info("socket"))

    def _pass_on(self, address: Address, outside: socket.socket) -> None:
        try:
            outside.settimeout(IDLE_SECONDS)
            if self.command == "CONNECT":
                self._answer(HTTPStatus.OK)
            else:
                outside.sendall(self._head(address))
            self._relay(outside)
        except LinkRefused as refused:
            self._note(refused)
        except (OSError, httpcore2.TimeoutException) as error:  # one of the two has gone: so does the other
            logger.debug("A connection to %s has ended: %s", address.host, error)

    def _relay(self, outside: socket.socket) -> None:
        """Until one of the two ends."""
        across = {self.connection: outside, outside: self.connection}
        with selectors.DefaultSelector() as watched:
            for end in across:
                watched.register(end, selectors.EVENT_READ)
            while ready := watched.select(self.server.deadline.left(IDLE_SECONDS)):
                for end in [end for end in across if any(key.fileobj is end for key, _ in ready)]:
                    piece = end.recv(PIECE_BYTES)
                    if not piece:
                        return
                    self.server.count(len(piece))
                    across[end].sendall(piece)

    def _head(self, address: Address) -> bytes:
        """As the server itself is asked; the connection is for this one request."""
        kept = [f"{name}: {value}" for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON]
        request = f"{self.command} {address.target} HTTP/1.1"
        lines = [request, f"Host: {address.authority}", *kept, "Connection: close", "", ""]
        return "\r\n".join(lines).encode("latin-1")

    def _answer(self, status: HTTPStatus, *header: str) -> None:
        self.send_response_only(status)
        if header:
            self.send_header(*header)
        self.end_headers()

    def _note(self, refused: LinkRefused) -> None:
        self.server.refused.setdefault(refused.code, refused)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - its name in the base class
        logger.debug(format, *arguments)
