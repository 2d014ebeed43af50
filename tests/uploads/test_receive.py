"""The upload door, event by event: what is read, what is written, and that nothing is left lying about."""

import asyncio
import errno
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from pytest_django import Settings

from accounts.models import User
from tests.uploads import asgi, forms
from tests.uploads.asgi import Answer
from transcribe_site import storage_url
from transcribe_site.asgi import application
from transcriptions import storage
from transcriptions.models import Media, Transcription
from transcriptions.uploads.form import FIELD_BYTES, Form
from transcriptions.uploads.receive import SCOPE_KEY, UploadReceiver

pytestmark = pytest.mark.django_db(transaction=True)


def left_behind() -> list[Path]:
    return sorted(Path(django_settings.TEMP_DIR).rglob("*"))


def post(user: User, *files: tuple[str, bytes], language: str = "", **headers: str) -> Answer:
    cookies = asgi.person(user)
    body = asgi.form(cookies, *files, language=language)
    return asgi.post(application, asgi.scope(cookies, **headers), asgi.whole(body))


def codes(answer: Answer) -> list[str]:
    return [refusal["code"] for refusal in answer.json["refused"]]


@pytest.mark.usefixtures("multilingual")
def test_a_good_file_becomes_an_entry(alice: User, spoken: Path) -> None:
    answer = post(alice, ("Reunião.wav", spoken.read_bytes()), language="pt")
    entry = Transcription.objects.get()
    assert answer.status == 201
    assert answer.json == {"accepted": [{"name": "Reunião.wav", "url": f"/t/{entry.pk}/"}], "refused": []}
    assert (entry.user, entry.title, entry.transcript.options["language"]) == (alice, "Reunião", "pt")
    assert storage.path(entry.transcript.media.storage_key).read_bytes() == spoken.read_bytes()
    assert left_behind() == []
    assert "connection" not in answer.headers


def test_several_files_in_one_form_each_get_an_answer(alice: User, spoken: Path, silent: Path) -> None:
    good = spoken.read_bytes()
    answer = post(
        alice, ("a.wav", good), ("b.txt", b"Dear Sir or Madam," * 50), ("c.wav", silent.read_bytes()), ("d.wav", good)
    )
    assert answer.status == 201
    assert [entry["name"] for entry in answer.json["accepted"]] == ["a.wav", "c.wav", "d.wav"]
    assert [(refusal["name"], refusal["code"]) for refusal in answer.json["refused"]] == [("b.txt", "document")]
    assert Transcription.objects.count() == 3
    assert Media.objects.count() == 2
    assert left_behind() == []


def test_a_strangers_body_is_never_read(db: None) -> None:
    answer = asgi.post(application, asgi.scope({}), asgi.whole(b"x" * 100_000))
    assert (answer.status, codes(answer), answer.taken) == (401, ["signed_out"], 0)
    assert answer.headers["connection"] == "close"
    assert not Path(django_settings.TEMP_DIR).exists()


def test_a_session_that_ended_is_a_strangers(alice: User) -> None:
    cookies = asgi.person(alice) | {"sessionid": "x" * 32}
    answer = asgi.post(application, asgi.scope(cookies), asgi.whole(b"x" * 100_000))
    assert (answer.status, answer.taken) == (401, 0)


def test_an_account_that_was_closed_is_a_strangers(alice: User) -> None:
    cookies = asgi.person(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert asgi.post(application, asgi.scope(cookies), asgi.whole(b"x" * 100_000)).taken == 0


def test_what_is_declared_too_large_is_refused_before_a_byte_is_read(alice: User, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1_000_000
    request = asgi.scope(asgi.person(alice), content_length=str(1_000_000 + FIELD_BYTES + 1))
    answer = asgi.post(application, request, asgi.whole(b"x" * 100_000))
    assert (answer.status, codes(answer), answer.taken) == (413, ["too_large"], 0)
    assert "976.6\xa0KB allowed here" in answer.json["refused"][0]["sentence"]
    assert answer.headers["connection"] == "close"
    assert not Path(django_settings.TEMP_DIR).exists()


@pytest.mark.parametrize("declared", ["", "100", "-1", "many"])
def test_what_turns_out_too_large_is_refused_on_the_way(alice: User, settings: Settings, declared: str) -> None:
    settings.MAX_UPLOAD_BYTES = 1_000_000
    cookies = asgi.person(alice)
    events = asgi.whole(asgi.form(cookies, ("a.wav", b"x" * 3_000_000)))
    answer = asgi.post(application, asgi.scope(cookies, content_length=declared), events)
    assert (answer.status, codes(answer)) == (413, ["too_large"])
    assert answer.taken < len(events) / 2
    assert answer.headers["connection"] == "close"
    assert left_behind() == []
    assert not Media.objects.exists()


def test_the_largest_file_allowed_is_taken(alice: User, settings: Settings, spoken: Path) -> None:
    settings.MAX_UPLOAD_BYTES = spoken.stat().st_size
    assert post(alice, ("a.wav", spoken.read_bytes())).status == 201


@pytest.mark.parametrize("content_type", ["", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded"])
def test_a_body_that_is_no_form_is_not_read(alice: User, content_type: str) -> None:
    request = asgi.scope(asgi.person(alice), content_type=content_type)
    answer = asgi.post(application, request, asgi.whole(b"x" * 100_000))
    assert (answer.status, codes(answer), answer.taken) == (422, ["broken_upload"], 0)


def test_a_form_that_is_none_is_refused(alice: User) -> None:
    answer = asgi.post(application, asgi.scope(asgi.person(alice)), asgi.whole(b"x" * 1_000_000))
    assert (answer.status, codes(answer)) == (422, ["broken_upload"])
    assert left_behind() == []


def test_a_form_that_ends_too_early_is_refused(alice: User, spoken: Path) -> None:
    cookies = asgi.person(alice)
    body = asgi.form(cookies, ("a.wav", spoken.read_bytes()))[:-10]
    answer = asgi.post(application, asgi.scope(cookies), asgi.whole(body))
    assert (answer.status, codes(answer)) == (422, ["broken_upload"])
    assert left_behind() == []
    assert not Media.objects.exists()


def test_too_many_files_are_refused_with_their_number(alice: User, settings: Settings) -> None:
    settings.MAX_FILES_PER_UPLOAD = 2
    answer = post(alice, ("a", b"x"), ("b", b"x"), ("c", b"x"))
    assert (answer.status, codes(answer)) == (422, ["too_many_files"])
    assert "At most 2 files" in answer.json["refused"][0]["sentence"]
    assert left_behind() == []


@pytest.mark.parametrize("alone", [True, False])
def test_a_file_that_comes_alone_is_refused_by_its_first_bytes(alice: User, alone: bool) -> None:
    cookies = asgi.person(alice)
    pieces = forms.pieces(asgi.form(cookies, ("a.mp3", b"#EXTM3U\n" + b"/etc/passwd\n" * 100_000)), 100_000)
    events = asgi.body_events(pieces)
    events[-1]["more_body"] = False
    headers = {"x_single_file": "1"} if alone else {}
    answer = asgi.post(application, asgi.scope(cookies, **headers), events)
    assert (answer.status, codes(answer)) == (422, ["playlist"])
    assert (answer.taken < len(events)) == alone
    assert left_behind() == []


def test_a_full_disk_is_told(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(form: Form, piece: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("python_multipart.multipart.MultipartParser.write", full)
    answer = post(alice, ("a.wav", b"x" * 100_000))
    assert (answer.status, codes(answer)) == (507, ["no_space"])
    assert answer.headers["connection"] == "close"
    assert left_behind() == []


def test_what_would_fill_the_disk_is_refused_before_a_byte_is_read(alice: User, settings: Settings) -> None:
    settings.MIN_FREE_BYTES = storage.free_bytes() - 1_000_000_000
    cookies, events = asgi.person(alice), asgi.whole(b"x" * 100_000)
    answer = asgi.post(application, asgi.scope(cookies, content_length="3000000000"), events)
    assert (answer.status, codes(answer), answer.taken) == (507, ["no_space"], 0)
    assert "no room left on the server" in answer.json["refused"][0]["sentence"]
    assert answer.headers["connection"] == "close"
    assert not Path(django_settings.TEMP_DIR).exists()


def test_what_does_not_say_its_length_stops_at_the_limit_of_the_disk(
    alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookies = asgi.person(alice)
    events = asgi.whole(asgi.form(cookies, ("a.wav", b"x" * 3_000_000)))
    free = iter(range(settings.MIN_FREE_BYTES + 1_000_000, 0, -300_000))
    monkeypatch.setattr("transcriptions.storage.disk.free_bytes", lambda: next(free))
    answer = asgi.post(application, asgi.scope(cookies), events)
    assert (answer.status, codes(answer)) == (507, ["no_space"])
    assert answer.taken < len(events) / 2
    assert left_behind() == []


def test_a_storage_that_is_away_is_told(alice: User, spoken: Path, settings: Settings) -> None:
    settings.S3 = storage_url.s3("s3+http://key:secret@127.0.0.1:9/recordings")
    answer = post(alice, ("a.wav", spoken.read_bytes()))
    assert (answer.status, codes(answer)) == (503, ["storage_away"])
    assert left_behind() == []
    assert not Media.objects.exists()


def test_a_browser_that_goes_away_leaves_nothing(alice: User, spoken: Path) -> None:
    cookies = asgi.person(alice)
    half = asgi.form(cookies, ("a.wav", spoken.read_bytes()))[:-1000]
    answer = asgi.post(application, asgi.scope(cookies), [*asgi.body_events(forms.pieces(half, 1000)), asgi.DISCONNECT])
    assert answer.status == 0
    assert left_behind() == []
    assert not Media.objects.exists()
    assert not Transcription.objects.exists()


def test_a_server_that_is_stopped_leaves_nothing(alice: User, spoken: Path) -> None:
    """uvicorn cancels what is still running when its patience ends."""
    cookies = asgi.person(alice)
    half = asgi.body_events(forms.pieces(asgi.form(cookies, ("a.wav", spoken.read_bytes()))[:-1000], 100_000))

    async def stopped() -> None:
        running = asyncio.create_task(asgi.exchange(application, asgi.scope(cookies), half))
        while not left_behind():
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async_to_sync(stopped)()
    assert left_behind() == []


def test_a_broken_disk_leaves_nothing(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(form: Form, piece: bytes) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Form, "write", broken)
    with pytest.raises(OSError, match="Input/output"):
        post(alice, ("a.wav", b"x" * 100_000))
    assert left_behind() == []


@pytest.mark.parametrize("token", ["", "x" * 32, "short"])
def test_a_form_that_is_not_from_our_page_is_refused(alice: User, spoken: Path, token: str) -> None:
    cookies = asgi.person(alice)
    body = asgi.form(cookies | {"csrftoken": token}, ("a.wav", spoken.read_bytes()))
    answer = asgi.post(application, asgi.scope(cookies), asgi.whole(body))
    assert answer.status == 403
    assert left_behind() == []
    assert not Media.objects.exists()
    assert not Transcription.objects.exists()


def test_a_form_from_another_site_is_refused(alice: User, spoken: Path) -> None:
    answer = post(alice, ("a.wav", spoken.read_bytes()), origin="https://evil.example")
    assert answer.status == 403
    assert not Transcription.objects.exists()


def test_the_token_may_come_in_a_header_too(alice: User, spoken: Path) -> None:
    cookies = asgi.person(alice)
    body = forms.body([("files", "a.wav", spoken.read_bytes())])
    request = asgi.scope(cookies, x_csrftoken=cookies["csrftoken"])
    assert asgi.post(application, request, asgi.whole(body)).status == 201


def test_a_form_with_a_thousand_fields_is_refused(alice: User) -> None:
    cookies = asgi.person(alice)
    fields: list[forms.Part] = [(f"field{number}", None, b"") for number in range(3000)]
    answer = asgi.post(application, asgi.scope(cookies), asgi.whole(forms.body(fields)))
    assert 400 <= answer.status < 500
    assert left_behind() == []


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/upload/"), ("PUT", "/upload/"), ("POST", "/upload"), ("POST", "/accounts/login/")]
)
def test_everything_else_goes_by(method: str, path: str) -> None:
    seen: list[dict[str, Any]] = []

    async def django(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append(scope)
        assert (await receive())["body"] == b"x"
        await send({"type": "http.response.start", "status": 204, "headers": []})

    request = asgi.scope({}, method=method, path=path)
    assert asgi.post(UploadReceiver(django), request, asgi.whole(b"x")).status == 204
    assert seen == [request]
    assert SCOPE_KEY not in request


def test_what_is_not_http_goes_by() -> None:
    seen: list[str] = []

    async def django(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    asgi.post(UploadReceiver(django), {"type": "websocket"}, [])
    assert seen == ["websocket"]
