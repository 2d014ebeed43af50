"""The recording itself, over a real connection: to whoever has it, whole or in parts, and to nobody else."""

import hashlib
import http.client
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests import s3
from tests.environment import not_run
from tests.uploads import asgi
from tests.web import rows, serve
from transcribe_site import storage_url
from transcriptions import storage
from transcriptions.models import Media, Transcription

pytestmark = pytest.mark.django_db(transaction=True)

CONTENT = bytes(range(256)) * 40
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def recording(user: User, content: bytes = CONTENT, name: str = "Reunião.m4a") -> Transcription:
    """An entry whose recording is in the storage."""
    entry = rows.entry(user, title="Talk")
    digest = hashlib.sha256(content).hexdigest()
    storage.write(storage.media_key(digest), content)
    Media.objects.filter(transcripts=entry.transcript_id).update(
        sha256=digest,
        size_bytes=len(content),
        storage_key=storage.media_key(digest),
        container="mov,mp4,m4a,3gp,3g2,mj2",
        audio_tracks=[{"codec": "aac", "sample_rate": 44_100}],
    )
    Transcription.objects.filter(pk=entry.pk).update(file_name=name)
    return entry


def ask(
    port: int, user: User | None, entry: Transcription, method: str = "GET", **headers: str
) -> http.client.HTTPResponse:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    cookies = serve.cookie_header(asgi.person(user)) if user else {}
    return serve.ask(port, reverse("media", args=[entry.pk]), method=method, headers={**given, **cookies})


def body(answer: http.client.HTTPResponse) -> bytes:
    content: bytes = answer.content  # type: ignore[attr-defined]
    return content


def test_the_whole_comes_as_what_it_is(port: int, alice: User) -> None:
    answer = ask(port, alice, recording(alice))
    assert (answer.status, body(answer)) == (200, CONTENT)
    assert answer.headers["Content-Type"] == "audio/mp4"
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["ETag"] == f'"{SHA256}"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "inline; filename*=utf-8''Reuni%C3%A3o.m4a"


def test_a_name_decides_nothing(port: int, alice: User) -> None:
    answer = ask(port, alice, recording(alice, name='a"\r\nSet-Cookie: x=1.html'))
    assert answer.headers["Content-Type"] == "audio/mp4"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Disposition"].startswith("inline; filename")


@pytest.mark.parametrize(
    ("asked", "start", "end"), [("bytes=0-99", 0, 100), ("bytes=100-", 100, 10240), ("bytes=-1", 10239, 10240)]
)
def test_a_part_is_206(port: int, alice: User, asked: str, start: int, end: int) -> None:
    answer = ask(port, alice, recording(alice), Range=asked)
    assert (answer.status, body(answer)) == (206, CONTENT[start:end])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/10240"
    assert answer.headers["Content-Length"] == str(end - start)


def test_what_begins_after_the_end_is_416(port: int, alice: User) -> None:
    answer = ask(port, alice, recording(alice), Range="bytes=10240-")
    assert (answer.status, body(answer), answer.headers["Content-Range"]) == (416, b"", "bytes */10240")


def test_several_parts_are_answered_with_the_whole(port: int, alice: User) -> None:
    answer = ask(port, alice, recording(alice), Range="bytes=0-1,5-6")
    assert (answer.status, body(answer)) == (200, CONTENT)


@pytest.mark.parametrize(
    ("if_range", "status"),
    [(f'"{SHA256}"', 206), ('"another"', 200), (f'W/"{SHA256}"', 200), ("Thu, 26 Nov 2026", 200)],
)
def test_a_part_comes_only_of_the_file_that_is_meant(port: int, alice: User, if_range: str, status: int) -> None:
    answer = ask(port, alice, recording(alice), Range="bytes=0-9", If_Range=if_range)
    assert answer.status == status


def test_what_the_browser_has_is_not_sent_again(port: int, alice: User) -> None:
    answer = ask(port, alice, recording(alice), If_None_Match=f'"{SHA256}"', Range="bytes=0-9")
    assert (answer.status, body(answer), answer.headers["ETag"]) == (304, b"", f'"{SHA256}"')
    assert ask(port, alice, recording(alice, CONTENT + b"2"), If_Match='"another"').status == 412


def test_head_says_everything_and_sends_nothing(port: int, alice: User) -> None:
    answer = ask(port, alice, recording(alice), "HEAD", Range="bytes=0-9")
    assert (answer.status, body(answer)) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["ETag"] == f'"{SHA256}"'


def test_a_stranger_gets_404_and_somebody_signed_out_401(port: int, alice: User, bob: User) -> None:
    entry = recording(alice)
    assert ask(port, bob, entry).status == 404
    assert ask(port, None, entry).status == 401
    entry.pk = uuid.uuid4()
    assert ask(port, alice, entry).status == 404


def test_the_file_has_no_other_address(port: int, alice: User) -> None:
    recording(alice)
    for path in (f"/{storage.media_key(SHA256)}", f"/media/{SHA256}", f"/t/{SHA256}/media"):
        answer = serve.ask(port, path, headers=serve.cookie_header(asgi.person(alice)))
        assert answer.status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_is_only_read(port: int, alice: User, method: str) -> None:
    assert ask(port, alice, recording(alice), method, X_CSRFToken="x").status in {403, 405}


def test_what_is_not_kept_any_more_is_404(port: int, alice: User) -> None:
    entry = recording(alice)
    storage.delete(storage.media_key(SHA256))
    assert ask(port, alice, entry).status == 404
    Media.objects.update(storage_key="")
    assert ask(port, alice, entry).status == 404


# --- Sent by the site itself -----------------------------------------------------------------------------------------
def listen(port: int, user: User, entry: Transcription) -> http.client.HTTPConnection:
    """A line on which the answer has begun and nothing more is read."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=serve.SECONDS)
    cookies = serve.cookie_header(asgi.person(user))
    line.request("GET", reverse("media", args=[entry.pk]), headers={"Host": "testserver", **cookies})
    assert line.getresponse().read(1000)
    return line


def is_open(path: Path) -> bool:
    if not Path("/proc/self/fd").is_dir():
        not_run("this machine does not say which files are open")
    return str(path) in {str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()}


def within(seconds: float) -> Iterator[None]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield
        time.sleep(0.02)


def test_a_line_that_is_cut_closes_the_file(port: int, alice: User) -> None:
    entry = recording(alice, bytes(30_000_000))
    path = storage.path(Media.objects.get().storage_key)
    with closing(listen(port, alice, entry)):
        assert is_open(path)
    assert any(not is_open(path) for _ in within(5))


def test_whoever_listens_holds_no_connection_to_the_database(port: int, alice: User) -> None:
    entry = recording(alice, bytes(30_000_000))
    before = connections()
    with ExitStack() as lines:
        for _ in range(5):
            lines.enter_context(closing(listen(port, alice, entry)))
        assert any(connections() <= before for _ in within(5))


def connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


# --- Sent by others --------------------------------------------------------------------------------------------------
def test_the_server_in_front_is_told_where_it_lies(port: int, alice: User, settings: Settings) -> None:
    settings.X_ACCEL_REDIRECT = "/stored/"
    answer = ask(port, alice, recording(alice), Range="bytes=0-9")
    assert (answer.status, body(answer)) == (200, b"")
    assert answer.headers["X-Accel-Redirect"] == f"/stored/{storage.media_key(SHA256)}"
    assert answer.headers["Content-Type"] == "audio/mp4"
    assert answer.headers["Content-Disposition"].startswith("inline; filename")


def test_a_stranger_is_not_told(port: int, alice: User, bob: User, settings: Settings) -> None:
    settings.X_ACCEL_REDIRECT = "/stored/"
    answer = ask(port, bob, recording(alice))
    assert (answer.status, answer.headers["X-Accel-Redirect"]) == (404, None)


@pytest.fixture(scope="module")
def _s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.Server]:
    with s3.serving(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def bucket(_s3: s3.Server, settings: Settings) -> s3.Server:
    settings.S3 = storage_url.s3(_s3.url)
    return _s3


def test_with_s3_the_browser_is_sent_there_for_a_while(
    port: int, alice: User, bob: User, bucket: s3.Server, settings: Settings
) -> None:
    settings.SIGNED_ADDRESS_MINUTES = 5
    entry = recording(alice)
    answer = ask(port, alice, entry)
    address = urlsplit(answer.headers["Location"])
    assert (answer.status, body(answer), answer.headers["Cache-Control"]) == (302, b"", "no-store")
    assert address.path == f"/{s3.BUCKET}/{storage.media_key(SHA256)}"
    assert parse_qs(address.query)["X-Amz-Expires"] == ["300"]
    assert parse_qs(address.query)["response-content-type"] == ["audio/mp4"]
    sent = serve.ask(address.port or 0, f"{address.path}?{address.query}", headers={"Host": address.netloc})
    assert body(sent) == CONTENT
    assert ask(port, bob, entry).status == 404


def test_where_browsers_do_not_reach_s3_the_site_sends_its_parts(
    port: int, alice: User, bucket: s3.Server, settings: Settings
) -> None:
    entry = recording(alice)
    settings.S3 = storage_url.s3(f"{bucket.url}&direct=false")
    answer = ask(port, alice, entry, Range="bytes=100-199")
    assert (answer.status, body(answer)) == (206, CONTENT[100:200])


def test_while_s3_is_away_it_says_so(port: int, alice: User, bucket: s3.Server, settings: Settings) -> None:
    entry = recording(alice)
    settings.S3 = {**settings.S3, "endpoint_url": "http://127.0.0.1:9"}
    answer = ask(port, alice, entry)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert b"Try again in a few minutes." in body(answer)
