"""A web process that ends in mid-upload: told to, it tidies up; killed, the clean-up does it at once."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from tests.management.commands import environment, services_here
from tests.uploads import asgi, forms
from tests.web.serve import cookie_header
from transcriptions.workflow import clean

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 30


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def arriving() -> list[Path]:
    return [path for path in Path(settings.TEMP_DIR).rglob("*") if path.is_file()]


@pytest.mark.parametrize(("number", "left"), [(signal.SIGTERM, 0), (signal.SIGKILL, 1)])
def test_what_was_arriving_goes(alice: User, number: signal.Signals, left: int) -> None:
    cookies = asgi.person(alice)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["-m", "uvicorn", "transcribe_site.asgi:application", "--port", str(port), "--lifespan", "on"]
    web = subprocess.Popen(
        [sys.executable, *words, "--timeout-graceful-shutdown", "1", "--log-level", "critical"],
        env=environment(**services_here()),
        cwd=settings.BASE_DIR,
    )
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        until(lambda: answers(port))
        connection.putrequest("POST", "/upload/", skip_host=True)
        given = {"Host": "testserver", "Content-Type": forms.CONTENT_TYPE, "Content-Length": str(10**9)}
        for name, value in {**given, **cookie_header(cookies)}.items():
            connection.putheader(name, value)
        body = asgi.form(cookies, ("a.wav", b"RIFF" + bytes(4) + b"WAVE" + bytes(2_000_000)))
        connection.endheaders(body[:-1000])
        until(lambda: bool(arriving()))
        assert clean.clean_up(now=timezone.now()) == clean.Cleaned()
        assert arriving()
        web.send_signal(number)
        web.wait(SECONDS)
    finally:
        connection.close()
        web.kill()
        web.wait()
    assert len(list(Path(settings.TEMP_DIR).iterdir())) == left
    cleaned = clean.clean_up(now=timezone.now())
    assert cleaned
    assert cleaned.temporary_files == left
    assert list(Path(settings.TEMP_DIR).iterdir()) == []
