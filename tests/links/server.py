"""A web server of this machine that answers as a test wants, byte by byte."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[str, socket.socket], None]  # the path asked for, and where to write


@dataclass
class Server:
    port: int
    requests: list[str] = field(default_factory=list)

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    def address(self, path: str = "/talk.mp3") -> str:
        return f"http://{self.authority}{path}"


@contextmanager
def serving(
    answer: Answer, *, host: str = "127.0.0.1", port: int = 0, secure: ssl.SSLContext | None = None
) -> Iterator[Server]:
    with socket.create_server((host, port)) as listening:
        server = Server(listening.getsockname()[1])
        threading.Thread(target=_accept, args=(listening, answer, server, secure), daemon=True).start()
        try:
            yield server
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)


def _accept(listening: socket.socket, answer: Answer, server: Server, secure: ssl.SSLContext | None) -> None:
    with suppress(OSError):  # it is closed: the test is over
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=_serve, args=(connection, answer, server, secure), daemon=True).start()


def _serve(connection: socket.socket, answer: Answer, server: Server, secure: ssl.SSLContext | None) -> None:
    with suppress(OSError), connection, _secured(connection, secure) as opened:  # who asked may have gone
        head = b""
        while b"\r\n\r\n" not in head and (piece := opened.recv(4096)):
            head += piece
        server.requests.append(head.decode())
        answer(head.decode().split(" ", 2)[1], opened)


def _secured(connection: socket.socket, secure: ssl.SSLContext | None) -> socket.socket:
    return secure.wrap_socket(connection, server_side=True) if secure else connection


def said(body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = None) -> Answer:
    """The same answer to everything. length: what it says of the body, where that is not true."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers, "", ""]

    def answer(path: str, connection: socket.socket) -> None:
        connection.sendall("\r\n".join(head).encode() + body)

    return answer


def moved(location: str) -> Answer:
    return said(b"", f"Location: {location}", status="302 Found")


def site(**answers: Answer) -> Answer:
    """Each of its paths, without the slash and with _ for a dot, and 404 for the rest."""

    def answer(path: str, connection: socket.socket) -> None:
        name = path.partition("?")[0].strip("/").replace(".", "_") or "index"
        answers.get(name, said(status="404 Not Found"))(path, connection)

    return answer


def html(body: str) -> Answer:
    return said(f"<!DOCTYPE html>{body}".encode(), "Content-Type: text/html; charset=utf-8")
