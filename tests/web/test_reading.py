"""A transcript by pages, what is found in it, and its waveform: the owner's, and a piece at a time."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.web import rows
from transcriptions.models import Shard, Transcription
from transcriptions.web import text
from transcriptions.workflow.pages import PAGE_SECONDS

pytestmark = pytest.mark.django_db

PER_PAGE = PAGE_SECONDS // 2  # segments: each is two seconds long


@pytest.fixture
def long(alice: User) -> Transcription:
    """Twelve pages and a bit of a thirteenth."""
    entry = rows.entry(alice)
    shard = entry.transcript.shards.get()
    segment = rows.say(entry.transcript, "Sentence 0.")
    more = []
    for number in range(1, 12 * PER_PAGE + 5):
        segment.pk, segment.position, segment.text = None, number, f"Sentence {number}."
        segment.start_seconds, segment.end_seconds = 2.0 * number, 2.0 * number + 2
        more.append(type(segment)(**{f.attname: getattr(segment, f.attname) for f in segment._meta.fields}))
    shard.segments.bulk_create(more)
    return entry


def sentences(content: bytes) -> list[int]:
    return [int(number) for number in re.findall(r"Sentence (\d+)\.", content.decode())]


@pytest.mark.parametrize("name", ["page", "find", "peaks"])
def test_it_is_its_owners(alice: User, as_bob: Client, client: Client, name: str) -> None:
    arguments = [rows.entry(alice, "Good morning.").pk, *([0] if name == "page" else [])]
    assert as_bob.get(reverse(name, args=arguments)).status_code == 404
    assert client.get(reverse(name, args=arguments)).status_code == 302


def test_it_holds_the_first_pages_and_how_much_the_others_do(long: Transcription, as_alice: Client) -> None:
    content = as_alice.get(reverse("transcript", args=[long.pk])).content
    assert sentences(content) == list(range(text.SHOWN * PER_PAGE))
    assert re.findall(r'data-page="(\d+)"', content.decode()) == [str(number) for number in range(13)]
    assert f'data-characters="{sum(len(f"Sentence {n}.") for n in range(720, 724 + 1))}"' in content.decode()


def test_without_scripts_everything_can_be_turned_to(long: Transcription, as_alice: Client) -> None:
    address, found = reverse("transcript", args=[long.pk]), []
    following = ""
    for _ in range(3):
        content = as_alice.get(f"{address}{following}").content
        found += sentences(content)
        following = "".join(re.findall(r'href="(\?page=\d+)" rel="next"', content.decode()))
    assert found == list(range(12 * PER_PAGE + 5))
    assert not following
    assert 'href="?page=5" rel="prev"' in content.decode()


@pytest.mark.parametrize("asked", ["999999", "9" * 400, "-1", "x", "²"])
def test_a_page_that_is_not_there_does_no_harm(long: Transcription, as_alice: Client, asked: str) -> None:
    assert sentences(as_alice.get(reverse("transcript", args=[long.pk]), {"page": asked}).content)


def test_a_page_is_the_segments_of_its_stretch(long: Transcription, as_alice: Client) -> None:
    answer = as_alice.get(reverse("page", args=[long.pk, 2]))
    assert sentences(answer.content) == list(range(2 * PER_PAGE, 3 * PER_PAGE))
    assert sentences(as_alice.get(reverse("page", args=[long.pk, 50])).content) == []
    assert as_alice.get(reverse("page", args=[long.pk, 10**400])).status_code == 404
    again = as_alice.get(reverse("page", args=[long.pk, 2]), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_words_have_their_times_and_read_as_the_text_does(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Good <b> day. 日本")
    words = [
        [0.0, 0.5, " Good", 0.9],
        [0.5, 0.75, " <b>", 0.9],
        [1.0, 1.5, " day.", 0.9],
        [1.5, 2, " 日", 1],
        [2, 3, "本", 1],
    ]
    entry.transcript.segments.update(words=words)
    content = as_alice.get(reverse("page", args=[entry.pk, 0])).content.decode()
    assert '<span data-start="0.50" data-end="0.75">&lt;b&gt;</span> <span data-start="1.00"' in content
    (line,) = re.findall(r'<p dir="auto" data-text>(.*)</p>', content)
    assert re.sub("<.*?>", "", line) == "Good &lt;b&gt; day. 日本"


def test_what_is_said_is_found(long: Transcription, as_alice: Client) -> None:
    address = reverse("find", args=[long.pk])
    content = as_alice.get(address, {"q": "sentence 700"}).content.decode()
    assert "<mark>Sentence 700</mark>." in content
    assert 'data-at="1400.0"' in content
    assert "?page=11#line-" in content
    assert as_alice.get(address, {"q": "sentence"}).content.count(b"<mark>") == 200
    assert "Nothing here says that." in as_alice.get(address, {"q": "banana"}).content.decode()
    assert not as_alice.get(address, {"q": " "}).content.strip()
    with_page = as_alice.get(reverse("transcript", args=[long.pk]), {"q": "Sentence 700"}).content.decode()
    assert "<mark>Sentence 700</mark>" in with_page


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [("O coração dela.", "CORACAO", "coração"), ("A straße.", "coraça", ""), ("O coracao.", "coração", "coracao")],
)
def test_accents_do_not_matter(alice: User, as_alice: Client, text: str, query: str, marked: str) -> None:
    content = as_alice.get(reverse("find", args=[rows.entry(alice, text).pk]), {"q": query}).content.decode()
    assert re.findall("<mark>(.*)</mark>", content) == ([marked] if marked else [])


@pytest.mark.parametrize("query", ["%", "_", "\\", "a\0b", "<img src=x>", "x" * 9000])
def test_a_strange_query_does_no_harm(alice: User, as_alice: Client, query: str) -> None:
    answer = as_alice.get(reverse("find", args=[rows.entry(alice, "Good morning.").pk]), {"q": query})
    assert answer.status_code == 200
    assert b"<mark>" not in answer.content
    assert b"<img" not in answer.content


def test_a_found_text_is_only_text(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "<i>now</i> & then")
    content = as_alice.get(reverse("find", args=[entry.pk]), {"q": "/I> &"}).content.decode()
    assert "&lt;i&gt;now&lt;<mark>/i&gt; &amp;</mark> then" in content


def test_the_waveform_is_that_of_the_shards(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice)
    address = reverse("peaks", args=[entry.pk])
    assert as_alice.get(address).content == b""
    entry.transcript.shards.update(end_seconds=1.0, peaks=b"\x01" * 10)
    Shard.objects.create(
        transcript=entry.transcript, index=1, start_seconds=1.0, end_seconds=1.5, speech=[], peaks=b"\xff" * 5
    )
    answer = as_alice.get(address)
    assert answer.content == b"\x01" * 10 + b"\xff" * 5
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert as_alice.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
