"""A long history is made up and measured; here a short one."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from transcriptions.management import made_up
from transcriptions.workflow import search

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_makes_rows_finds_them_and_says_how_long_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_up, "VOCABULARY", 200)
    said = StringIO()
    call_command("benchmark_history", "--fill", "--hours", "1", "--entries", "3", "--times", "2", stdout=said)
    searcher = User.objects.get(email=made_up.SEARCHER)
    assert searcher.transcriptions.count() == 2
    assert search.find(user=searcher, typed="people").found
    assert User.objects.get(email=made_up.COLLECTOR).transcriptions.count() == 3
    assert said.getvalue().count("p95 of all: ") == 2
