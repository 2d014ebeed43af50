"""The whole ASGI application behind a real uvicorn on a real port, and a browser's side of it made of http.client."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from transcribe_site.asgi import application

SECONDS = 10


@contextmanager
def serving() -> Iterator[int]:
    """The port it listens on."""
    config = uvicorn.Config(application, lifespan="off", ws="none", log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listening],), name="uvicorn")
        thread.start()
        while not server.started:
            time.sleep(0.005)
        port = listening.getsockname()[1]
        try:
            yield port
        finally:
            server.should_exit = True
            thread.join()


def ask(
    port: int, path: str, *, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
) -> http.client.HTTPResponse:
    """One request, its body read and kept in `.content`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request(method, path, body, {"Host": "testserver", **(headers or {})})
    response = connection.getresponse()
    response.content = response.read()  # type: ignore[attr-defined]
    connection.close()
    return response


def cookie_header(cookies: dict[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


@dataclass(frozen=True)
class Event:
    """One event of a stream; a comment has no id and the name ":"."""

    name: str
    id: int
    data: str


class Stream:
    """An event stream as a browser reads it: iterate over its events, until the server ends it."""

    def __init__(self, port: int, path: str, cookies: dict[str, str], **headers: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        given = {"Host": "testserver", "Accept": "text/event-stream", **cookie_header(cookies)}
        self._connection.request("GET", path, headers=given | {k.replace("_", "-"): v for k, v in headers.items()})
        self.response = self._connection.getresponse()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *error: object) -> None:
        self.response.close()
        self._connection.close()

    def __iter__(self) -> Iterator[Event]:
        name, number, data = "", 0, []
        while line := self.response.readline().decode():
            field, _, value = line.rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                number = int(value)
            elif field == "data":
                data.append(value)
            elif not field and value:
                yield Event(":", 0, value)
            elif not line.strip():
                if name:
                    yield Event(name, number, "\n".join(data))
                name, number, data = "", 0, []

    def until(self, *names: str) -> Event:
        """The next event with one of these names."""
        return next(event for event in self if event.name in names)
