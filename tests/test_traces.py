"""One trace from the request through the queue to the last segment, received by a collector; off, nothing is loaded."""

import base64
import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import SpanKind

from accounts import tokens
from accounts.models import User
from tests.management.commands import environment, services_here
from tests.management.test_worker import until, worker
from tests.otlp import Receiver, receiving
from transcriptions.exporting import Begun
from transcriptions.models import Transcript

SECONDS = 90
# Redis' client loads the API and the SDK's metrics by itself where they are installed.
LOADED = """
import sys
heavy = ("opentelemetry.exporter", "opentelemetry.instrumentation", "opentelemetry.sdk.trace", "transcriptions.expo")
print([name for name in sys.modules if name.startswith(heavy)])
"""


@pytest.mark.parametrize("process", ["import transcribe_site.asgi", "import transcriptions.worker"])
def test_without_an_endpoint_nothing_of_it_is_loaded(process: str) -> None:
    code = f"import django; django.setup(); {process}\n{LOADED}"
    given = environment(DJANGO_SETTINGS_MODULE="transcribe_site.settings")
    words = [sys.executable, "-c", code]
    ended = subprocess.run(words, env=given, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_a_share_is_followed_and_queries_begin_nothing() -> None:
    def followed(share: float, kind: SpanKind) -> int:
        step = 2**64 // 1000
        decisions = [Begun(share).should_sample(None, number * step, "work", kind).decision for number in range(1000)]
        return decisions.count(Decision.RECORD_AND_SAMPLE)

    assert followed(1.0, SpanKind.SERVER) == 1000
    assert followed(0.25, SpanKind.INTERNAL) == pytest.approx(250, abs=2)
    assert followed(0.0, SpanKind.SERVER) == 0
    assert followed(1.0, SpanKind.CLIENT) == 0


@pytest.fixture
def collector() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def send(port: int, token: str, file: Path, request_id: str) -> None:
    """A file in one request, by tus' creation with upload."""
    name = base64.b64encode(file.name.encode()).decode()
    body = file.read_bytes()
    headers = {
        "Authorization": f"Bearer {token}",
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(body)),
        "Upload-Metadata": f"filename {name}",
        "Content-Type": "application/offset+octet-stream",
        "X-Request-ID": request_id,
    }
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/uploads/", body, headers, method="POST")
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
        assert (answer.status, answer.headers["X-Request-ID"]) == (201, request_id)


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_one_tree_to_its_last_segment(
    collector: Receiver, alice: User, spoken: Path, tmp_path: Path
) -> None:
    given = {**services_here(), "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address}
    token = tokens.create(user=alice, name="traces", now=timezone.now())
    request_id, port = "request-of-the-browser", free_port()
    with ExitStack() as running:
        log = running.enter_context((tmp_path / "web.log").open("w"))
        words = [sys.executable, "-m", "uvicorn", "transcribe_site.asgi:application", "--port", str(port)]
        web = subprocess.Popen(
            [*words, "--log-level", "warning"], env=environment(**given), cwd=settings.BASE_DIR, stderr=log
        )
        running.callback(web.wait)
        running.callback(web.terminate)
        workers = [running.enter_context(worker(kind, **given)) for kind in ("media", "speech")]
        until(lambda: answers(port), SECONDS)
        send(port, token, spoken, request_id)
        until(Transcript.objects.filter(state=Transcript.State.DONE).exists, SECONDS)
        for process in workers:
            process.terminate()
            process.wait(SECONDS)
    lines = [json.loads(line) for line in (tmp_path / "web.log").read_text().splitlines()]
    assert {line.get("stage") for line in lines if line.get("request_id") == request_id} >= {"upload", "validate"}
    assert spoken.name not in (tmp_path / "web.log").read_text()
    assert_one_tree(collector, request_id)


def assert_one_tree(collector: Receiver, request_id: str) -> None:
    (root,) = (span for span in collector.spans if span.name.startswith("POST") and not span.parent)
    assert (root.service, root.values["request_id"]) == ("transcribe-web", request_id)
    tree = {span.id: span for span in collector.spans if span.trace == root.trace}
    assert [span.name for span in tree.values() if span.parent not in tree and span is not root] == []
    names = {(span.service, span.name) for span in tree.values()}
    assert names >= {
        ("transcribe-web", "upload"),
        ("transcribe-web", "validate"),
        ("transcribe-media", "wait_to_prepare"),
        ("transcribe-media", "prepare"),
        ("transcribe-speech", "wait_to_recognise"),
        ("transcribe-speech", "recognise"),
        ("transcribe-speech", "finish"),
        ("transcribe-web", "SELECT"),
        ("transcribe-media", "SELECT"),
        ("transcribe-speech", "PUBLISH"),
    }


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False
