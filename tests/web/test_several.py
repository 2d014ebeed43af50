"""Several transcripts in one zip."""

import io
import tracemalloc
import uuid
import zipfile
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.web import rows
from tests.web.test_download import download_bytes
from transcriptions.models import Transcription
from transcriptions.workflow.export import export_many

pytestmark = pytest.mark.django_db


def address(*entries: Transcription | uuid.UUID | str, format_name: str = "txt") -> str:
    keys = [entry.pk if isinstance(entry, Transcription) else entry for entry in entries]
    return f"{reverse('download_several')}?{urlencode({'entry': keys, 'format': format_name}, doseq=True)}"


@pytest.mark.parametrize(("format_name", "beginning"), [("txt", b"Good"), ("vtt", b"WEBVTT"), ("docx", b"PK")])
def test_each_is_in_it_under_its_own_name(alice: User, format_name: str, beginning: bytes) -> None:
    entries = [rows.entry(alice, "Good.", title=title) for title in ("Reunião 会議", "Talk", "talk", "a/../b")]
    response, body = download_bytes(alice, address(*entries, format_name=format_name))
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="transcripts-20')
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        expected = ["a-..-b", "talk", "Talk (2)", "Reunião 会議"]
        assert archive.namelist() == [f"{name}.{format_name}" for name in expected]
        assert all(archive.read(name).startswith(beginning) for name in archive.namelist())


def test_only_those_that_are_chosen(alice: User) -> None:
    wanted, _ = rows.entry(alice, "Yes.", title="a"), rows.entry(alice, "No.", title="b")
    with zipfile.ZipFile(io.BytesIO(download_bytes(alice, address(wanted, wanted))[1])) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"a.txt": b"Yes.\n"}


def test_an_empty_one_is_an_empty_file(alice: User) -> None:
    with zipfile.ZipFile(io.BytesIO(download_bytes(alice, address(rows.entry(alice)))[1])) as archive:
        assert archive.read("Talk.txt") == b""


def test_what_is_somebody_elses_or_nothing_is_404(alice: User, bob: User, as_bob: Client) -> None:
    mine, theirs = rows.entry(bob, "Mine."), rows.entry(alice, "Theirs.")
    for asked in (address(theirs), address(mine, theirs), address(uuid.uuid4()), address("x")):
        assert as_bob.get(asked).status_code == 404
    assert as_bob.get(address(mine, format_name="exe")).status_code == 404


def test_without_a_choice_the_history_says_so(as_alice: Client) -> None:
    answer = as_alice.get(address(), follow=True)
    assert answer.redirect_chain == [(reverse("history"), 302)]
    assert "No transcript was chosen. Check at least one." in answer.content.decode()


def test_somebody_signed_out_is_sent_to_the_sign_in_page(alice: User, client: Client) -> None:
    assert client.get(address(rows.entry(alice))).status_code == 302


def test_the_history_leads_to_it(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Words.")
    page = as_alice.get(reverse("history")).content.decode()
    assert f'value="{entry.pk}"' in page
    assert '<button type="submit" name="do" value="download">' in page
    answer = as_alice.post(reverse("several"), {"do": "download", "format": "srt", "entry": [str(entry.pk)]})
    assert answer.headers["Location"] == f"{reverse('download_several')}?entry={entry.pk}&format=srt"


def test_it_is_never_whole_in_memory(alice: User) -> None:
    """Forty of 290 KB each, of which compression leaves more than half."""
    entry = rows.entry(alice, *("".join(uuid.uuid4().hex for _ in range(300)) for _ in range(30)))
    files = ((f"{number}.txt", entry) for number in range(40))
    tracemalloc.start()
    try:
        size = sum(len(piece) for piece in export_many(entries=files, format_name="txt"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size > 6_000_000
    assert peak < 2_000_000
