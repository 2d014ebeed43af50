"""`manage.py cache`: figures, and taking results out of use."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from tests.web import rows
from transcriptions.models import Transcript

pytestmark = pytest.mark.django_db


def said(*words: str) -> str:
    out = StringIO()
    call_command("cache", *words, stdout=out)
    return out.getvalue().strip()


def test_figures_for_people_and_programs(alice: User) -> None:
    rows.entry(alice, "Good morning.")
    assert "transcripts: 1" in said("stats").splitlines()
    assert json.loads(said("stats", "--json"))["transcripts"] == 1


def test_results_are_taken_out_of_use(alice: User) -> None:
    entry = rows.entry(alice)
    sha256 = entry.transcript.media.sha256
    for chosen in (["--entry", str(entry.pk)], ["--media", sha256], ["--model", "tiny.en"], ["--all"]):
        Transcript.objects.update(reuse_key="used again")
        assert said("invalidate", *chosen) == "1 results are not used again."
        assert Transcript.objects.get().reuse_key != "used again"
    assert said("invalidate", "--model", "large-v3") == "0 results are not used again."


def test_a_purge_says_how_many(alice: User) -> None:
    entry = rows.entry(alice)
    rows.entry(alice)
    entry.delete()
    assert said("purge") == "1 results removed."


@pytest.mark.parametrize("entry", ["6a204bd8-9f4e-4f51-8b2c-cafe00000001", "17"])
def test_an_entry_that_is_not_there_is_a_sentence(entry: str) -> None:
    with pytest.raises(CommandError, match="There is no entry"):
        said("invalidate", "--entry", entry)
