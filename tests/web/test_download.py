"""Taking a transcript away as a file."""

import io
import json
import re
import sys
import uuid
import zipfile
from typing import Any

import docx
import pytest
from asgiref.sync import async_to_sync
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from django.urls import reverse
from pypdfium2 import PdfDocument

from accounts.models import User
from tests.web import rows
from transcriptions.engine.formats import FORMATS
from transcriptions.models import Transcript, Transcription
from transcriptions.sentences import sentence
from transcriptions.workflow.export import export_many

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
    response, body = download_bytes(user, path)
    return response, body.decode()


def download_bytes(user: User, path: str) -> tuple[StreamingHttpResponse, bytes]:
    """The answer as the ASGI server gets it, and its whole body."""

    async def ask() -> tuple[StreamingHttpResponse, bytes]:
        client = AsyncClient()
        await client.aforce_login(user)
        response: Any = await client.get(path)
        body = b"".join([piece async for piece in response])
        return response, body

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
    encoded = "Reuni%C3%A3o%20-3%C2%AA-%20%E4%BC%9A%E8%AD%B0.srt"
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


@pytest.mark.parametrize(
    ("format_name", "content_type", "beginning"),
    [
        ("csv", "text/csv; charset=utf-8", b"\xef\xbb\xbfstart,end,speaker,text\r\n0.000,2.000,,Good"),
        ("tsv", "text/tab-separated-values; charset=utf-8", b"start\tend\tspeaker\ttext\r\n"),
        ("lrc", "text/plain; charset=utf-8", b"[ti:Talk]\n[00:00.00]Good morning.\n"),
        ("ass", "text/x-ssa; charset=utf-8", b"[Script Info]\n"),
        ("ttml", "application/ttml+xml; charset=utf-8", b"<?xml "),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
        ("pdf", "application/pdf", b"%PDF-"),
    ],
)
def test_the_other_formats_are_what_they_say(
    alice: User, format_name: str, content_type: str, beginning: bytes
) -> None:
    response, body = download_bytes(alice, address(rows.entry(alice, *TEXTS), format_name))
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Content-Disposition"] == f'attachment; filename="Talk.{format_name}"'
    assert body.startswith(beginning)


# --- Shapes ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("format_name", "query", "expected"),
    [
        ("txt", "flow=plain", "Good morning. Is a < b & c > d? Não há café.\n"),
        (
            "txt",
            "times=1&offset=60.5",
            "[00:01:00] Good morning.\n[00:01:02] Is a < b & c > d?\n[00:01:04] Não há café.\n",
        ),
        ("txt", "flow=paragraphs&line=&words=", "Good morning. Is a < b & c > d? Não há café.\n\n"),
        ("srt", "offset=-4", "1\n00:00:00,000 --> 00:00:02,000\nNão há café.\n\n"),
    ],
)
def test_it_comes_as_somebody_wants_it(alice: User, format_name: str, query: str, expected: str) -> None:
    path = f"{address(rows.entry(alice, *TEXTS), format_name)}?{query}"
    assert download(alice, path)[1] == expected


def test_subtitles_come_with_the_words_that_somebody_wants(alice: User) -> None:
    path = f"{address(rows.entry(alice, 'One two three four.'), 'vtt')}?words=1&lines=1&line=10"
    assert re.findall(r"^\w+\.?$", download(alice, path)[1], re.MULTILINE) == ["WEBVTT", "One", "two", "three", "four."]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("line=9", "Characters in a line of subtitles: Ensure this value is greater than or equal to 10."),
        ("line=101", "less than or equal to 100"),
        ("lines=3", "less than or equal to 2"),
        ("words=0", "greater than or equal to 1"),
        ("words=x", "Enter a whole number."),
        ("offset=nan", "Enter a number."),
        ("offset=1e9", "less than or equal to 360000"),
        ("flow=upwards", "Select a valid choice."),
        ("times=2", "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(alice: User, as_alice: Client, query: str, said: str) -> None:
    answer = as_alice.get(f"{address(rows.entry(alice, 'Hi.'), 'srt')}?{query}")
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_the_page_offers_it_without_a_script(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Hi.")
    page = as_alice.get(reverse("transcript", args=[entry.pk])).content.decode()
    for name in FORMATS:
        assert f'href="{address(entry, name)}"' in page
        assert f'formaction="{address(entry, name)}"' in page
    for name in ("line", "lines", "words", "offset", "flow", "times"):
        assert f'name="{name}"' in page
        assert f'for="shape-{name}"' in page


# --- Documents that cannot be made -----------------------------------------------------------------------------------
@pytest.fixture
def crashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transcriptions.engine.documents.COMMAND", [sys.executable, "-c", "import os; os.abort()"])


@pytest.mark.usefixtures("crashing")
@pytest.mark.parametrize("format_name", ["docx", "pdf"])
def test_a_crash_while_a_document_is_made_is_told_in_a_sentence(
    alice: User, as_alice: Client, format_name: str
) -> None:
    answer = as_alice.get(address(rows.entry(alice, "Hi."), format_name))
    assert (answer.status_code, answer.content.decode()) == (503, sentence("not_made"))


@pytest.mark.usefixtures("crashing")
def test_in_a_zip_the_sentence_stands_in_its_place(alice: User) -> None:
    entries = [("Talk.pdf", rows.entry(alice, "Hi.")), ("Day.pdf", rows.entry(alice, "Ho."))]
    file = io.BytesIO(b"".join(export_many(entries=entries, format_name="pdf")))
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["Talk.pdf.txt", "Day.pdf.txt"]
        assert archive.read("Talk.pdf.txt").decode() == sentence("not_made")


# --- While it is made ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("format_name", FORMATS)
def test_each_format_can_be_had_of_a_live_one(alice: User, format_name: str) -> None:
    entry = rows.entry(alice, "So far.", state=Transcript.State.RECOGNISING)
    response, body = download_bytes(alice, address(entry, format_name))
    assert response.status_code == 200
    if format_name == "docx":
        assert [paragraph.text for paragraph in docx.Document(io.BytesIO(body)).paragraphs][-1] == "So far."
    elif format_name == "pdf":
        assert "So far." in PdfDocument(body)[0].get_textpage().get_text_range()
    else:
        assert "So far." in body.decode()
