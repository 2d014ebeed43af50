"""How long recordings are, in words."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.web import rows
from transcriptions.models import Media
from transcriptions.web import durations


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 minutes"),
        (20, "less than a minute"),
        (40, "1 minute"),
        (18 * 60 + 10, "18 minutes"),
        (59 * 60 + 40, "1 hour"),
        (3660, "1 hour and 1 minute"),
        (2 * 3600 + 5 * 60, "2 hours and 5 minutes"),
        (36000, "10 hours"),
    ],
)
def test_they_are_in_hours_and_minutes(seconds: float, said: str) -> None:
    assert durations.length(seconds) == said


@pytest.mark.django_db
def test_the_page_says_so(alice: User, as_alice: Client, settings: Settings) -> None:
    settings.MAX_HOURS_PER_USER = 1.5
    rows.entry(alice, "Hello.")
    Media.objects.update(duration_seconds=18 * 60)
    page = " ".join(as_alice.get("/account/data/").content.decode().split())
    assert "18 minutes of 1 hour and 30 minutes" in page
