"""Long documents: asked for by their download, made by the media worker, fetched from the page; short ones direct."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.uploads import asgi
from tests.web import rows, serve
from tests.web.test_made import page
from tests.web.test_media import body
from transcriptions import storage
from transcriptions.engine.documents import DocumentError
from transcriptions.models import Media, Rendition, Transcript, Transcription
from transcriptions.sentences import sentence
from transcriptions.workflow import render, renditions
from transcriptions.workflow.intake import accept_again

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def long(alice: User, settings: Settings) -> Transcription:
    settings.DIRECT_DOCUMENT_SEGMENTS = 2
    return rows.entry(alice, "One.", "Two.", "Three.")


def address(entry: Transcription, name: str = "pdf", query: str = "") -> str:
    return f"{reverse('download', args=[entry.pk, name])}?{query}"


def make() -> bool:
    return render.render_next(lambda: False, lambda: None)


def test_a_long_one_is_made_by_the_worker_and_then_fetched(
    long: Transcription, alice: User, as_alice: Client, port: int
) -> None:
    asked = as_alice.get(address(long))
    assert (asked.status_code, asked.headers["Location"]) == (302, f"{reverse('transcript', args=[long.pk])}#documents")
    assert "The document (pdf) is being made." in page(as_alice, long)
    assert as_alice.get(address(long)).headers["Location"].endswith("#documents")
    assert make()
    row = Rendition.objects.get()
    assert (row.state, row.made_seconds) == ("done", 0.0)
    assert f'href="{address(long)}"' in page(as_alice, long)
    place = as_alice.get(address(long)).headers["Location"]
    assert place == reverse("document", args=[long.pk, row.pk])
    answer = serve.ask(port, place, headers=serve.cookie_header(asgi.person(alice)))
    assert (answer.status, body(answer)[:5]) == (200, b"%PDF-")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Talk.pdf"'


def test_it_tells_how_far_it_is(long: Transcription, as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "STEP_SECONDS", 0.0)
    as_alice.get(address(long, "docx"))
    seen = []
    assert render.render_next(lambda: False, lambda: seen.append(Rendition.objects.get().made_seconds))
    assert seen == [2.0, 4.0, 6.0]
    Rendition.objects.update(state="waiting")
    assert 'value="10"' in as_alice.get(reverse("made", args=[long.pk, "document"])).content.decode()


def test_each_shape_is_a_document_of_its_own(long: Transcription, as_alice: Client) -> None:
    for query in ("", "times=1&flow=lines&offset=-1.5", "times=1&flow=lines&offset=-1.5&line=20", "times=&flow="):
        as_alice.get(address(long, "docx", query))
    assert Rendition.objects.count() == 2
    assert make()
    assert make()
    shown = unescape(page(as_alice, long))
    assert ">docx<" in shown
    assert ">docx, one line for each sentence, with times, -1.5 seconds later<" in shown
    plain, shaped = (reverse("document", args=[long.pk, row.pk]) for row in renditions.documents_of(long))
    assert as_alice.get(address(long, "docx")).headers["Location"] == plain
    (linked,) = re.findall(r'href="([^"]*)">docx, one', shown)
    assert as_alice.get(linked).headers["Location"] == shaped


def test_no_more_than_a_few_are_kept_of_an_entry(long: Transcription, as_alice: Client) -> None:
    for offset in range(1, renditions.DOCUMENTS + 3):
        as_alice.get(address(long, "pdf", f"offset={offset}"))
    kept = [row.form["shape"]["offset"] for row in renditions.documents_of(long)]
    assert kept == list(range(3, renditions.DOCUMENTS + 3))


def test_a_short_one_and_a_text_come_at_once(long: Transcription, as_alice: Client, settings: Settings) -> None:
    assert as_alice.get(address(long, "txt")).status_code == 200
    settings.DIRECT_DOCUMENT_SEGMENTS = 3
    assert as_alice.get(address(long)).status_code == 200
    assert not Rendition.objects.exists()


def test_while_the_text_is_made_it_comes_at_once(long: Transcription, as_alice: Client) -> None:
    """The worker would wait until all of it is there."""
    Transcript.objects.update(state=Transcript.State.RECOGNISING)
    assert as_alice.get(address(long)).status_code == 200
    assert not Rendition.objects.exists()


def test_it_needs_no_recording(long: Transcription, as_alice: Client) -> None:
    storage.delete(long.transcript.media.storage_key)
    Media.objects.update(storage_key="")
    as_alice.get(address(long))
    assert make()
    assert Rendition.objects.get().state == "done"


def test_a_failure_is_a_sentence_and_can_be_tried_again(
    long: Transcription, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**options: object) -> None:
        raise DocumentError("not_made", "status -11")

    as_alice.get(address(long))
    with monkeypatch.context() as failing:
        failing.setattr(render, "export", fails)
        assert make()
    row = Rendition.objects.get()
    assert (row.state, row.error_code, row.error_detail) == ("failed", "not_made", "status -11")
    shown = page(as_alice, long)
    assert sentence("not_made") in shown
    assert "Make the document (pdf) again" in shown
    as_alice.get(address(long))
    assert make()
    assert Rendition.objects.get().state == "done"


def test_it_is_kept_for_a_while_and_goes_with_its_text(long: Transcription, as_alice: Client) -> None:
    as_alice.get(address(long))
    assert make()
    row = Rendition.objects.get()
    assert row.expires_at
    accept_again(entry=long, chosen={}, now=timezone.now())
    assert not Rendition.objects.exists()
    assert not storage.exists(row.storage_key)


def test_a_stranger_gets_404(
    long: Transcription, alice: User, bob: User, as_bob: Client, as_alice: Client, port: int
) -> None:
    as_alice.get(address(long))
    assert make()
    row = Rendition.objects.get()
    assert as_bob.get(address(long)).status_code == 404
    assert as_bob.get(reverse("made", args=[long.pk, "document"])).status_code == 404
    theirs = rows.entry(bob, "Mine.")
    cookies = serve.cookie_header(asgi.person(bob))
    for entry in (long, theirs):
        assert serve.ask(port, reverse("document", args=[entry.pk, row.pk]), headers=cookies).status == 404


def test_only_its_address_asks_for_one(long: Transcription, as_alice: Client) -> None:
    assert as_alice.post(reverse("made", args=[long.pk, "document"])).status_code == 404
    assert not Rendition.objects.exists()
