"""Taking a transcript away as a file."""

import json
import uuid
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from django.urls import reverse

from accounts.models import User
from tests.web import rows
from transcriptions.models import Transcript, Transcription

pytestmark = pytest.mark.django_db

TEXTS = ("Good morning.", "Is a < b & c > d?", "Não há café.")
EXPECTED = {
    "txt": ("text/plain; charset=utf-8", "Good morning.\nIs a < b & c > d?\nNão há café.\n"),
    "srt": (
        "application/x-subrip; charset=utf-8",
        "1\n00:00:00,000 --> 00:00:01,920\nGood morning.\n\n"
        "2\n00:00:02,000 --> 00:00:03,920\nIs a < b & c > d?\n\n"
        "3\n00:00:04,000 --> 00:00:06,000\nNão há café.\n\n",
    ),
    "vtt": (
        "text/vtt; charset=utf-8",
        "WEBVTT\nLanguage: en\n\n"
        "00:00:00.000 --> 00:00:01.920\nGood morning.\n\n"
        "00:00:02.000 --> 00:00:03.920\nIs a &lt; b &amp; c &gt; d?\n\n"
        "00:00:04.000 --> 00:00:06.000\nNão há café.\n\n",
    ),
}


def address(entry: Transcription, format_name: str) -> str:
    return reverse("download", args=[entry.pk, format_name])


def download(user: User, path: str) -> tuple[StreamingHttpResponse, str]:
    """The answer as the ASGI server gets it, and its whole body."""

    async def ask() -> tuple[StreamingHttpResponse, str]:
        client = AsyncClient()
        await client.aforce_login(user)
        response: Any = await client.get(path)
        body = b"".join([piece async for piece in response])
        return response, body.decode()

    return async_to_sync(ask)()


@pytest.mark.parametrize("format_name", EXPECTED)
def test_each_format_is_what_it_says(alice: User, format_name: str) -> None:
    response, body = download(alice, address(rows.entry(alice, *TEXTS), format_name))
    assert (response.headers["Content-Type"], body) == EXPECTED[format_name]
    assert response.headers["Content-Disposition"] == f'attachment; filename="Talk.{format_name}"'


def test_json_has_everything(alice: User) -> None:
    response, body = download(alice, address(rows.entry(alice, *TEXTS), "json"))
    assert response.headers["Content-Type"] == "application/json"
    assert [segment["text"] for segment in json.loads(body)["segments"]] == list(TEXTS)
    assert json.loads(body)["language"] == "en"


def test_a_title_in_any_script_names_the_file(alice: User) -> None:
    response, _ = download(alice, address(rows.entry(alice, "Olá.", title='Reunião "3ª" 会議'), "srt"))
    encoded = "Reuni%C3%A3o%20%223%C2%AA%22%20%E4%BC%9A%E8%AD%B0.srt"
    assert response.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{encoded}"


def test_a_title_cannot_write_a_header(alice: User) -> None:
    response, _ = download(alice, address(rows.entry(alice, "Hi.", title="a\r\nSet-Cookie: x=1"), "txt"))
    assert "Set-Cookie" not in response.headers
    assert "\n" not in response.headers["Content-Disposition"]


def test_a_live_one_gives_what_there_is(alice: User) -> None:
    entry = rows.entry(alice, "So far.", state=Transcript.State.RECOGNISING)
    response, body = download(alice, address(entry, "txt"))
    assert (response.status_code, body) == (200, "So far.\n")


def test_many_segments_come_whole_and_in_order(alice: User) -> None:
    entry = rows.entry(alice, *(f"Sentence {number}." for number in range(210)))
    assert download(alice, address(entry, "txt"))[1].splitlines() == [f"Sentence {number}." for number in range(210)]


def test_without_a_word_the_file_is_empty(alice: User) -> None:
    assert download(alice, address(rows.entry(alice), "txt"))[1] == ""
    assert json.loads(download(alice, address(rows.entry(alice), "json"))[1])["segments"] == []


def test_a_stranger_gets_404(alice: User, as_bob: Client) -> None:
    assert as_bob.get(address(rows.entry(alice, "Hi."), "txt")).status_code == 404
    assert as_bob.get(reverse("download", args=[uuid.uuid4(), "txt"])).status_code == 404


def test_somebody_signed_out_is_sent_to_the_sign_in_page(alice: User, client: Client) -> None:
    assert client.get(address(rows.entry(alice, "Hi."), "txt")).status_code == 302


@pytest.mark.parametrize("format_name", ["exe", "TXT", "txt.exe", "%2e%2e"])
def test_a_format_nobody_knows_is_404(alice: User, as_alice: Client, format_name: str) -> None:
    assert as_alice.get(address(rows.entry(alice, "Hi."), format_name)).status_code == 404


def test_posting_to_it_is_not_allowed(alice: User, as_alice: Client) -> None:
    assert as_alice.post(address(rows.entry(alice), "txt")).status_code == 405
