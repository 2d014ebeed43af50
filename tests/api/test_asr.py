"""whisper-asr-webservice's endpoints, as Bazarr and Speakr call them."""

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import ApiToken, User
from tests import speech
from tests.api.conftest import token_of
from tests.api.test_waiting import asking, until, waiting
from tests.conftest import Accept
from transcriptions.models import Transcript, Transcription
from transcriptions.workflow import history

pytestmark = pytest.mark.django_db(transaction=True)


def file_of(path: Path) -> dict[str, tuple[str, bytes]]:
    return {"audio_file": (path.name, path.read_bytes())}


@pytest.mark.parametrize(
    ("output", "beginning"),
    [
        ("txt", "Good morning."),
        ("srt", "1\n00:00:00,"),
        ("vtt", "WEBVTT\n"),
        ("tsv", "start\tend\ttext\n"),
        ("json", '{"text": "Good morning.'),
    ],
)
def test_each_output(
    program: httpx2.Client,
    alice: User,
    accept: Accept,
    spoken: Path,
    work: Callable[[], None],
    output: str,
    beginning: str,
) -> None:
    accept(alice, spoken, language="en")
    work()
    query = {"task": "transcribe", "language": "en", "output": output, "encode": "true", "vad_filter": "true"}
    answer = program.post("/asr", params=query, files=file_of(spoken))
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith(beginning)
    assert answer.headers["content-disposition"] == f'attachment; filename="spoken.wav.{output}"'
    if output == "json":
        content = answer.json()
        assert content["language"] == "en"
        assert content["segments"][0]["words"][0][2].strip() == "Good"


def test_samples_without_a_header_as_bazarr_sends_them(
    program: httpx2.Client, alice: User, spoken: Path, tmp_path: Path, work: Callable[[], None]
) -> None:
    raw = speech.convert(spoken, tmp_path / "sound.s16le", "-f", "s16le", "-ac", "1", "-ar", "16000")
    query = {"task": "transcribe", "language": "en", "output": "srt", "encode": "false"}
    with ThreadPoolExecutor() as threads:
        files = {"audio_file": raw.read_bytes()}
        answer = threads.submit(program.post, f"{program.base_url}//asr", params=query, files=files)
        until(waiting(1))
        work()
        assert "budget" in answer.result().text
    assert alice.transcriptions.get().transcript.media.container == "wav"


def test_the_language_and_nothing_else(program: httpx2.Client, spoken: Path, work: Callable[[], None]) -> None:
    with ThreadPoolExecutor() as threads:
        answer = threads.submit(program.post, "/detect-language", files=file_of(spoken))
        until(waiting(1))
        work()
        found = answer.result().json()
    assert (found["detected_language"], found["language_code"]) == ("english", "en")
    assert found["confidence"] == 1.0
    until(lambda: not Transcription.objects.exists())


def test_the_token_is_the_password_of_the_address(port: int, alice: User, bob: User) -> None:
    def asked(user: str, password: str) -> int:
        given = base64.b64encode(f"{user}:{password}".encode()).decode()
        answer = httpx2.post(f"http://127.0.0.1:{port}/asr", headers={"Authorization": f"Basic {given}"})
        assert "detail" in answer.json()
        return int(answer.status_code)

    assert asked("bazarr", "wrong") == 401
    assert asked("bazarr", token_of(alice, ApiToken.Scope.READ)) == 403
    assert asked("bazarr", token_of(bob)) == 415  # no form


@pytest.mark.parametrize("query", ["output=docx", "language=xx", "task=sing"])
def test_what_it_does_not_know_is_refused(program: httpx2.Client, spoken: Path, query: str) -> None:
    answer = program.post(f"/asr?{query}", files=file_of(spoken))
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_value"


@pytest.mark.parametrize("name", ["whisper-1", "tiny.en", "Systran/faster-whisper-tiny.en"])
def test_a_model_goes_by_the_names_that_openais_door_knows(
    program: httpx2.Client, alice: User, accept: Accept, spoken: Path, work: Callable[[], None], name: str
) -> None:
    accept(alice, spoken)
    work()
    assert program.post("/asr", params={"model": name}, files=file_of(spoken)).status_code == 200
    assert alice.transcriptions.get(by_program=True).transcript.options["model"] == "tiny.en"


@pytest.mark.parametrize("query", ["language=pt", "task=translate"])
def test_a_model_of_english_alone_is_asked_for_nothing_else(program: httpx2.Client, spoken: Path, query: str) -> None:
    answer = program.post(f"/asr?{query}", files=file_of(spoken))
    assert (answer.status_code, answer.json()["code"]) == (400, "english_only")


@pytest.mark.parametrize("path", ["/asr", "/asr?encode=false", "/detect-language"])
def test_what_is_no_form_is_refused(program: httpx2.Client, path: str) -> None:
    answer = program.post(path, json={"audio_file": "UklGRg=="})
    assert (answer.status_code, answer.json()["code"]) == (415, "not_a_form")
    assert answer.json()["detail"].endswith(
        "multipart/form-data, with its boundary and the file in the field audio_file."
    )


def test_a_model_that_is_not_here_is_refused(program: httpx2.Client, spoken: Path) -> None:
    answer = program.post("/asr", params={"model": "large-v3"}, files=file_of(spoken))
    assert (answer.status_code, answer.json()["code"]) == (404, "model_not_found")
    assert "'large-v3'" in answer.json()["detail"]


def test_it_can_be_switched_off(program: httpx2.Client, spoken: Path, settings: Settings) -> None:
    settings.ENABLE_ASR_ENDPOINT = False
    assert program.post("/asr", files=file_of(spoken)).status_code == 404


@pytest.mark.parametrize("video", ["/films/É assim.mkv", "C:\\films\\É assim.mkv"])
def test_the_title_is_that_of_the_video(
    program: httpx2.Client, alice: User, accept: Accept, spoken: Path, work: Callable[[], None], video: str
) -> None:
    accept(alice, spoken)
    work()
    assert program.post("/asr", params={"video_file": video}, files=file_of(spoken)).status_code == 200
    assert "É assim" in alice.transcriptions.values_list("title", flat=True)


def test_asking_for_the_language_takes_no_transcript_away(
    program: httpx2.Client, alice: User, spoken: Path, work: Callable[[], None]
) -> None:
    with ThreadPoolExecutor() as threads:
        said = threads.submit(program.post, "/asr", files=file_of(spoken))
        until(waiting(1))
        asked = threads.submit(program.post, "/detect-language", files=file_of(spoken))
        until(waiting(2))
        work()
        assert asked.result().json()["language_code"] == "en"
        assert said.result().status_code == 200, said.result().text
    assert program.post("/detect-language", files=file_of(spoken)).status_code == 200
    until(lambda: alice.transcriptions.count() == 1)


def test_who_stops_asking_for_the_language_leaves_nothing(port: int, token: str, alice: User, spoken: Path) -> None:
    with asking(port, token, spoken, "/detect-language"):
        until(waiting(1))
    until(lambda: not alice.transcriptions.exists())
    assert not Transcript.objects.exists()


def test_a_question_that_is_cancelled_in_the_page_leaves_nothing(
    program: httpx2.Client, alice: User, spoken: Path
) -> None:
    with ThreadPoolExecutor() as threads:
        asked = threads.submit(program.post, "/detect-language", files=file_of(spoken))
        until(waiting(1))
        history.cancel(entry=alice.transcriptions.get(), now=timezone.now())
        assert asked.result().json()["code"] == "cancelled"
    assert not alice.transcriptions.exists()


def test_silence_has_no_language(program: httpx2.Client, alice: User, silent: Path, work: Callable[[], None]) -> None:
    for _ in range(2):
        with ThreadPoolExecutor() as threads:
            asked = threads.submit(program.post, "/detect-language", files=file_of(silent))
            until(waiting(1))
            work()
            assert (asked.result().status_code, asked.result().json()) == (200, {})
    assert not alice.transcriptions.exists()
