"""Search: what was said, in whatever script, within one's own history and nobody else's."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.web import rows
from transcriptions.models import Lexeme, Passage, Transcript, Transcription
from transcriptions.workflow import history, passages, search

pytestmark = pytest.mark.django_db


def said(user: User, *texts: str, **fields: str) -> Transcription:
    """As the workers leave it once its shard is done."""
    entry = rows.entry(user, *texts, **fields)  # type: ignore[arg-type]
    passages.index(entry.transcript.shards.get().pk)
    passages.learn_entry(entry.pk)
    return entry


def found(user: User, typed: str) -> list[str]:
    return [one.entry.title for one in search.find(user=user, typed=typed).found]


def lines(user: User, typed: str) -> list[str]:
    """With brackets around what is marked."""
    results = search.find(user=user, typed=typed).found
    return [
        "".join(f"[{text}]" if is_marked else text for text, is_marked in line.pieces)
        for one in results
        for line in one.lines
    ]


@pytest.mark.parametrize(
    ("language", "text", "typed", "expected"),
    [
        ("pt", "O coração da reunião.", "coracao", "O [coração] da reunião."),
        ("pt", "O coracao dela.", "coração", "O [coracao] dela."),
        ("pt", "As reuniões terminaram.", "terminar", "As reuniões [terminaram]."),
        ("en", "The committees were meeting.", "committee meets", "The [committees] were [meeting]."),
        ("en", "Photosynthesis matters.", "photosy", "[Photosynthesis] matters."),
        ("en", "Photosynthesis matters.", "photosyntesis", "[Photosynthesis] matters."),
        ("pt", "A conta chegou, contra as contingências.", "conta", "A [conta] chegou, contra as contingências."),
        ("pt", "As contas da educação.", "contas educaç", "As [contas] da [educação]."),
        ("en", "Don't panic, e-mail john_doe.", "email panic", ""),
        ("en", "Don't panic, e-mail john_doe.", "e-mail doe", "Don't panic, [e]-[mail] john_[doe]."),
        ("zh", "你好世界，今天天气很好", "天气", "你好世界，今[天天气]很好"),
        ("ja", "会議は東京で行われた", "東京", "会議は[東京]で行われた"),
        ("ko", "학교에서 만나요", "학교", "[학교]에서 만나요"),
        ("th", "สวัสดีครับ", "ดี", "สวัส[ดี]ครับ"),
        ("ar", "مرحبا بالعالم", "مرحبا", "[مرحبا] بالعالم"),
        ("he", "שלום עולם", "עולם", "שלום [עולם]"),
        ("en", "Rocket 🚀 <i>science</i> --> now", "science", "Rocket 🚀 <i>[science]</i> --> now"),
    ],
)
def test_it_finds_words_and_marks_them(alice: User, language: str, text: str, typed: str, expected: str) -> None:
    said(alice, text, language=language)
    assert "".join(lines(alice, typed)) == expected


def test_a_phrase_is_found_in_its_order_and_over_two_lines(alice: User) -> None:
    said(alice, "The budget for the roof", "of the library.", title="Right")
    said(alice, "The library has a roof.", title="Wrong")
    assert found(alice, '"roof of the library"') == ["Right"]
    assert sorted(found(alice, "library roof")) == ["Right", "Wrong"]


def test_titles_tags_and_notes_are_found(alice: User) -> None:
    entry = said(alice, "Nothing.", title="Interview_João-2024")
    Transcription.objects.filter(pk=entry.pk).update(tags=["Lisbon"], notes="Ask Ann.")
    for typed in ("joao", "interview", "lisb", "ann", "intervew"):
        assert found(alice, typed) == ["Interview_João-2024"], typed


def test_a_person_finds_only_their_own(alice: User, bob: User) -> None:
    mine = said(alice, "A secret word.")
    said(bob, "Another secret word.", title="Theirs")
    assert found(alice, "secret") == [mine.title]
    assert lines(alice, "secret") == ["A [secret] word."]
    Transcription.objects.create(
        user=bob, transcript=mine.transcript, title="Shared", file_name="b", created_at=mine.created_at
    )
    assert sorted(found(bob, "secret")) == ["Shared", "Theirs"]


def test_a_strangers_recording_cannot_be_searched(alice: User, as_bob: Client) -> None:
    entry = said(alice, "A secret word.")
    page = as_bob.get(reverse("search"), {"q": "secret", "in": str(entry.pk)}).content.decode()
    assert "<mark>" not in page
    assert str(entry.pk) not in page


def test_what_was_thrown_away_is_not_found(alice: User) -> None:
    history.throw_away(entries=[said(alice, "A secret word.")], now=timezone.now())
    assert found(alice, "secret") == []


@pytest.mark.parametrize(
    "typed", ["", "   ", "!!!", '"', '""', "'", "\\", "a\0b", "((&|!:*", "the of", "x" * 999, "<->"]
)
def test_nothing_that_is_typed_breaks_it(alice: User, as_alice: Client, typed: str) -> None:
    said(alice, "Something was said.")
    assert as_alice.get(reverse("search"), {"q": typed}).status_code == 200
    assert found(alice, typed) == []


def test_a_line_leads_to_its_moment(alice: User, as_alice: Client) -> None:
    entry = said(alice, "First.", "Then the roof & <b>walls</b>.")
    page = as_alice.get(reverse("search"), {"q": "roof"}).content.decode()
    assert f'href="{reverse("transcript", args=[entry.pk])}#t=2.0"' in page
    assert "<mark>roof</mark>" in page
    assert "&lt;b&gt;walls" in page


def test_results_come_in_pages_newest_first(alice: User, as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PAGE", 2)
    for age in range(5):
        entry = said(alice, "The roof.", title=f"Talk {age}")
        Transcription.objects.filter(pk=entry.pk).update(created_at=timezone.now() - timedelta(hours=age))
    address, seen = reverse("search") + "?q=roof", []
    while address:
        page = as_alice.get(address).content.decode()
        seen += re.findall(r"Talk \d(?=</a>)", page)
        following = re.search(r'<a href="([^"]*)" rel="next"', page)
        address = html.unescape(following[1]) if following else ""
    assert seen == [f"Talk {age}" for age in range(5)]


def test_a_recording_with_more_lines_offers_them_all(alice: User, as_alice: Client) -> None:
    entry = said(alice, *(f"Roof number {number}." for number in range(9)))
    page = as_alice.get(reverse("search"), {"q": "roof"}).content.decode()
    assert page.count("<mark>") == search.LINES
    page = as_alice.get(reverse("search"), {"q": "roof", "in": str(entry.pk)}).content.decode()
    assert page.count("<mark>") == 9


def test_it_answers_htmx_with_the_results_alone(alice: User, as_alice: Client, client: Client) -> None:
    answer = as_alice.get(reverse("search"), {"q": "roof"}, headers={"HX-Request": "true"}).content.decode()
    assert answer.lstrip().startswith('<div id="results"')
    assert client.get(reverse("search")).status_code == 302


def test_a_shard_indexed_twice_stands_there_once_and_goes_with_its_transcript(alice: User) -> None:
    entry = said(alice, "The roof.")
    passages.index(entry.transcript.shards.get().pk)
    assert Passage.objects.count() == 1
    entry.delete()
    Transcript.objects.get().delete()
    assert not Passage.objects.exists()
    assert passages.forget_what_nobody_says() > 0
    assert not Lexeme.objects.exists()
