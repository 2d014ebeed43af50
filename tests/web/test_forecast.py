"""How long it will take, in words: beside the form before the start, and at the transcript meanwhile."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from tests.web import rows
from transcriptions.models import Speed, Transcript
from transcriptions.pace import Range
from transcriptions.web import durations


@pytest.fixture
def speed(db: None) -> Speed:
    """A tenth of the recording, exactly known: the narrowest range there is."""
    return Speed.objects.create(
        model="tiny.en", device="cpu", preset="balanced", seconds_a_second=0.1, recordings=9, measured_at=timezone.now()
    )


def ask(client: Client, language: str = "en", **query: str) -> str:
    answer = client.get(reverse("forecast"), query, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    return answer.content.decode()


@pytest.mark.parametrize(
    ("low", "high", "english", "portuguese"),
    [
        (0.1, 1, "about 5 seconds left", "faltam cerca de 5 segundos"),
        (9, 21, "10 to 20 seconds left", "faltam de 10 a 20 segundos"),
        (20, 70, "about 1 minute left", "falta cerca de 1 minuto"),
        (100, 110, "about 2 minutes left", "faltam cerca de 2 minutos"),
        (120, 190, "2 to 3 minutes left", "faltam de 2 a 3 minutos"),
        (3500, 5600, "58 to 93 minutes left", "faltam de 58 a 93 minutos"),
        (6900, 7300, "about 2 hours left", "faltam cerca de 2 horas"),
        (7200, 11000, "2 to 3 hours left", "faltam de 2 a 3 horas"),
    ],
)
def test_a_range_is_said_in_both_languages(low: float, high: float, english: str, portuguese: str) -> None:
    for language, expected in (("en", english), ("pt-br", portuguese)):
        with translation.override(language):
            assert durations.left(Range(low, high)) == expected


@pytest.mark.parametrize(
    ("low", "high", "english", "portuguese"),
    [
        (4, 6, "Done in about 5 seconds", "Pronta em cerca de 5 segundos"),
        (9, 21, "Done in 10 to 20 seconds", "Pronta em 10 a 20 segundos"),
        (50, 80, "Done in about 1 minute", "Pronta em cerca de 1 minuto"),
        (180, 300, "Done in 3 to 5 minutes", "Pronta em 3 a 5 minutos"),
        (7200, 11000, "Done in 2 to 3 hours", "Pronta em 2 a 3 horas"),
    ],
)
def test_so_it_is_before_the_start(low: float, high: float, english: str, portuguese: str) -> None:
    for language, expected in (("en", english), ("pt-br", portuguese)):
        with translation.override(language):
            assert durations.until_done(Range(low, high)) == expected


def test_the_form_is_told_how_long_a_recording_will_take(as_alice: Client, speed: Speed) -> None:
    assert ask(as_alice, seconds="2400.0", preset="balanced") == "Done in 4 to 5 minutes"
    assert ask(as_alice, seconds="2400") == "Done in 4 to 5 minutes"
    assert ask(as_alice, "pt-br", seconds="2400") == "Pronta em 4 a 5 minutos"
    assert ask(as_alice, seconds="2400", preset="accurate") != "Done in 4 to 5 minutes"


def test_the_work_ahead_is_in_it(alice: User, as_alice: Client, speed: Speed) -> None:
    rows.entry(alice, state=Transcript.State.QUEUED, duration_seconds=1200.0)
    assert ask(as_alice, seconds="2400") == "Done in 5 to 7 minutes"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"seconds": ""},
        {"seconds": "-1"},
        {"seconds": "nan"},
        {"seconds": "1e9"},
        {"seconds": "9" * 40},
        {"seconds": "60", "preset": "perfect"},
    ],
)
def test_what_makes_no_sense_is_refused(as_alice: Client, query: dict[str, str]) -> None:
    assert as_alice.get(reverse("forecast"), query).status_code == 400


def test_a_stranger_is_told_nothing(client: Client, db: None) -> None:
    assert client.get(reverse("forecast"), {"seconds": "60"}).status_code == 302


def test_the_form_knows_where_to_ask(as_alice: Client) -> None:
    page = as_alice.get("/").content.decode()
    assert f'data-address="{reverse("forecast")}"' in page
    assert "js/forecast.js" in page


@pytest.mark.parametrize("state", [Transcript.State.QUEUED, Transcript.State.PREPARING, Transcript.State.RECOGNISING])
def test_the_page_says_what_is_left(alice: User, as_alice: Client, speed: Speed, state: Transcript.State) -> None:
    entry = rows.entry(alice, state=state, duration_seconds=2400.0)
    for address in (reverse("transcript", args=[entry.pk]), "/"):
        assert "4 to 5 minutes left" in as_alice.get(address).content.decode()
    page = as_alice.get(reverse("transcript", args=[entry.pk]), headers={"Accept-Language": "pt-br"})
    assert "faltam de 4 a 5 minutos" in page.content.decode()


def test_nothing_is_left_of_what_is_done(alice: User, as_alice: Client, speed: Speed) -> None:
    entry = rows.entry(alice, "Hi.")
    assert 'class="left"' not in as_alice.get(reverse("transcript", args=[entry.pk])).content.decode()
