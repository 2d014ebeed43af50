"""What OpenAI's endpoints refuse, by their published behaviour: in their shape, before anything is done."""

import http.client
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import ApiToken, User
from tests.api.conftest import sent, token_of
from tests.api.test_waiting import until, waiting
from tests.conftest import Accept
from tests.web.conftest import signed_in
from transcriptions import configuration
from transcriptions.models import Transcription
from transcriptions.workflow import history

PATH = "/v1/audio/transcriptions"


def refused(answer: httpx2.Response, status: int, code: str | None, param: str | None = None) -> str:
    """The message, after looking at everything that any error has."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["code"], error["param"]) == (code, param)
    return str(error["message"])


@pytest.mark.parametrize(
    ("fields", "status", "code", "param"),
    [
        ({"model": "gpt-4o-transcribe"}, 404, "model_not_found", "model"),
        ({"model": "../tiny.en"}, 404, "model_not_found", "model"),
        ({"model": ""}, 400, "missing_required_parameter", "model"),
        ({"language": "xx"}, 400, "invalid_language_format", "language"),
        ({"language": "english"}, 400, "invalid_language_format", "language"),
        ({"language": "pt"}, 400, "english_only", "model"),
        ({"response_format": "docx"}, 400, "invalid_value", "response_format"),
        ({"response_format": "diarized_json"}, 400, "unsupported_value", "response_format"),
        ({"temperature": "warm"}, 400, "invalid_value", "temperature"),
        ({"temperature": "1.1"}, 400, "invalid_value", "temperature"),
        ({"temperature": "nan"}, 400, "invalid_value", "temperature"),
        ({"timestamp_granularities[]": "word"}, 400, "unsupported_value", "timestamp_granularities"),
        (
            {"response_format": "verbose_json", "timestamp_granularities[]": "letter"},
            400,
            "invalid_value",
            "timestamp_granularities",
        ),
        ({"response_format": "srt", "stream": "true"}, 400, "unsupported_value", "response_format"),
    ],
)
def test_wrong_fields_are_refused(
    program: httpx2.Client, spoken: Path, fields: dict[str, str], status: int, code: str, param: str
) -> None:
    refused(program.post(PATH, **sent(spoken, **fields)), status, code, param)
    assert not Transcription.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty_file"), (b"\x93no sound" * 9, "not_media"), (b"PK\3\4" * 99, "archive")],
)
def test_wrong_files_are_refused(program: httpx2.Client, content: bytes, code: str) -> None:
    answer = program.post(PATH, data={"model": "whisper-1"}, files={"file": ("speech.wav", content)})
    refused(answer, 400, code, "file")


def test_a_form_without_a_file_is_refused(program: httpx2.Client) -> None:
    refused(program.post(PATH, files={"model": (None, "whisper-1")}), 400, "no_file", "file")


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "audio/wav", "application/x-www-form-urlencoded", "multipart/mixed; boundary=b",
     "multipart/form-data", ""],
)  # fmt: skip
@pytest.mark.parametrize("path", [PATH, "/v1/audio/translations"])
def test_what_is_no_form_is_refused(program: httpx2.Client, spoken: Path, path: str, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = program.post(path, content=spoken.read_bytes(), headers=headers)
    told = refused(answer, 415, "not_a_form", "file")
    assert told.endswith("Send multipart/form-data, with its boundary and the file in the field file.")


def test_two_files_are_refused(program: httpx2.Client, spoken: Path) -> None:
    files = [("file", ("one.wav", spoken.read_bytes())), ("file", ("two.wav", b"more"))]
    refused(program.post(PATH, data={"model": "whisper-1"}, files=files), 400, "too_many_files", "file")


def test_a_model_of_english_alone_translates_nothing(program: httpx2.Client, spoken: Path) -> None:
    answer = program.post("/v1/audio/translations", **sent(spoken))
    assert "knows only English" in refused(answer, 400, "english_only", "model")


def test_a_language_waits_for_the_model_that_is_named_behind_the_file(
    program: httpx2.Client, alice: User, spoken: Path, multilingual: str, settings: Settings
) -> None:
    settings.WHISPER_MODEL = "tiny.en"
    parts: list[tuple[str, Any]] = [
        ("language", (None, b"pt")),
        ("file", ("a.wav", spoken.read_bytes())),
        ("model", (None, multilingual.encode())),
    ]
    with ThreadPoolExecutor() as threads:
        answer = threads.submit(program.post, PATH, files=parts)
        until(waiting(1))
        entry = alice.transcriptions.get()
        history.cancel(entry=entry, now=timezone.now())
        assert answer.result().json()["error"]["code"] == "cancelled"
    assert (entry.transcript.options["model"], entry.transcript.options["language"]) == (multilingual, "pt")


@pytest.mark.parametrize(
    "fields", [{"model": "no-such-model"}, {"model": "whisper-1", "language": "pt"}], ids=["model", "language"]
)
def test_a_wrong_field_is_told_while_the_file_is_still_to_come(port: int, token: str, fields: dict[str, str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", PATH)
    connection.putheader("Authorization", f"Bearer {token}")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", str(500 * 1024**2))
    connection.endheaders()
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    field = "".join(part.format(*each) for each in fields.items()).encode()
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF'
    connection.send(field + file)
    assert connection.getresponse().status == (400 if "language" in fields else 404)
    connection.close()


def test_a_body_that_is_too_large_is_refused_before_it_is_read(port: int, token: str, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", PATH)
    connection.putheader("Authorization", f"Bearer {token}")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", str(26 * 1024**2))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert b'"too_large"' in answer.read()
    connection.close()


def test_a_name_in_any_script_is_kept(
    program: httpx2.Client, alice: User, accept: Accept, spoken: Path, work: Callable[[], None]
) -> None:
    accept(alice, spoken)
    work()
    name = "Café às três – 会議 🎤.wav"
    answer = program.post(PATH, data={"model": "whisper-1"}, files={"file": (name, spoken.read_bytes())})
    assert answer.status_code == 200, answer.text
    assert alice.transcriptions.get(by_program=True).file_name == name


def test_tokens_that_are_missing_wrong_expired_or_only_read(port: int, alice: User, spoken: Path) -> None:
    now = timezone.now()
    read = token_of(alice, ApiToken.Scope.READ)
    for given, status, code in [
        (None, 401, None),
        ("Bearer ts_wrong", 401, "invalid_api_key"),
        (f"Bearer {token_of(alice, expires_at=now)}", 401, "invalid_api_key"),
        (f"Basic {read}", 401, None),
        (f"Bearer {read}", 403, "missing_scope"),
    ]:
        headers = {"Authorization": given} if given else {}
        answer = httpx2.post(f"http://127.0.0.1:{port}{PATH}", **sent(spoken), headers=headers)
        refused(answer, status, code)
    listed = httpx2.get(f"http://127.0.0.1:{port}/v1/models", headers={"Authorization": f"Bearer {read}"})
    assert listed.status_code == 200
    assert not Transcription.objects.exists()


@pytest.mark.parametrize("place", ["password", "name"])
def test_a_token_in_the_address_opens_the_list_of_models(port: int, alice: User, place: str) -> None:
    token = token_of(alice, ApiToken.Scope.READ)
    given = ("speakr", token) if place == "password" else (token, "")
    answer = httpx2.get(f"http://127.0.0.1:{port}/v1/models", auth=given)
    assert answer.status_code == 200
    assert "tiny.en" in [each["id"] for each in answer.json()["data"]]
    assert httpx2.get(f"http://127.0.0.1:{port}/api/v1/tags", auth=given).status_code == 200


def test_a_session_opens_nothing(port: int, alice: User) -> None:
    cookies = {name: morsel.value for name, morsel in signed_in(alice).cookies.items()}
    refused(httpx2.get(f"http://127.0.0.1:{port}/v1/models", cookies=cookies), 401, None)


def test_a_wrong_token_is_told_to_who_sends_25_megabytes(port: int) -> None:
    files = {"file": ("long.wav", bytes(25 * 1024**2))}
    answer = httpx2.post(
        f"http://127.0.0.1:{port}{PATH}", data={"model": "x"}, files=files, headers={"Authorization": "Bearer ts_no"}
    )
    refused(answer, 401, "invalid_api_key")


def test_addresses_and_methods_that_are_not_there(program: httpx2.Client) -> None:
    refused(program.get("/v1/chat/completions"), 404, None)
    refused(program.get(PATH), 405, "method_not_supported")
    refused(program.delete("/v1/models/tiny.en"), 405, "method_not_supported")


def test_the_message_is_in_the_callers_language(program: httpx2.Client) -> None:
    files = {"file": ("speech.wav", b"")}
    answer = program.post(PATH, data={"model": "whisper-1"}, files=files, headers={"Accept-Language": "pt-BR"})
    assert refused(answer, 400, "empty_file", "file") == "O arquivo está vazio. Escolha outro."


def test_what_a_person_may_have_is_the_same_here(program: httpx2.Client, spoken: Path, settings: Settings) -> None:
    settings.MAX_BYTES_PER_USER = 10
    answer = program.post(PATH, **sent(spoken))
    refused(answer, 429, "insufficient_quota")
    assert answer.headers["x-should-retry"] == "false"


# --- Too many requests -----------------------------------------------------------------------------------------------
def test_each_token_has_so_many_requests_a_minute(
    port: int, program: httpx2.Client, bob: User, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_TOKEN = 2
    left = [program.get("/v1/models").headers["x-ratelimit-remaining-requests"] for _ in range(2)]
    assert left == ["1", "0"]
    answer = program.get("/v1/models")
    refused(answer, 429, "rate_limit_exceeded")
    assert answer.json()["error"]["type"] == "requests"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    others = httpx2.get(f"http://127.0.0.1:{port}/v1/models", headers={"Authorization": f"Bearer {token_of(bob)}"})
    assert others.status_code == 200


def test_each_address_has_so_many_too_whoever_asks(port: int, settings: Settings) -> None:
    settings.API_REQUESTS_PER_ADDRESS = 2
    address = f"http://127.0.0.1:{port}/v1/models"
    assert [httpx2.get(address).status_code for _ in range(3)] == [401, 401, 429]


def test_without_redis_everybody_is_let_in(
    program: httpx2.Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from redis import Redis

    gone = Redis(host="127.0.0.1", port=1)
    monkeypatch.setattr(configuration, "redis", lambda: gone)
    settings.API_REQUESTS_PER_TOKEN = 1
    assert [program.get("/v1/models").status_code for _ in range(2)] == [200, 200]
