"""`manage.py validate`: a verdict for each file, without a model or a queue."""

import json
import re
from pathlib import Path

import pytest

from tests.management.commands import manage, services_here


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    file = tmp_path / "letter.mp3"
    file.write_bytes(b"Dear Sir or Madam,\n" * 50)
    return file


@pytest.mark.django_db(transaction=True)
def test_a_recording_is_accepted_and_described(spoken: Path) -> None:
    result = manage("validate", str(spoken), **services_here())
    assert result.returncode == 0
    assert f"{spoken}: accepted. wav; " in result.stdout
    assert "track 0: pcm_s16le, " in result.stdout
    assert re.search(r"; done in \d+ to \d+ s$", result.stdout.strip())


def test_without_a_database_only_the_time_is_missing(spoken: Path) -> None:
    result = manage("validate", "--json", str(spoken))
    assert result.returncode == 0
    verdict = json.loads(result.stdout)
    assert (verdict["accepted"], verdict["estimate_seconds"]) == (True, None)
    assert "database does not answer" in result.stderr


def test_one_refusal_is_enough_for_status_1_and_all_are_told(spoken: Path, letter: Path, tmp_path: Path) -> None:
    result = manage("validate", "--json", str(letter), str(spoken), str(tmp_path / "nothing"))
    assert result.returncode == 1
    verdicts = [json.loads(line) for line in result.stdout.splitlines()]
    assert [verdict["accepted"] for verdict in verdicts] == [False, True, False]
    assert [verdict.get("code") for verdict in verdicts] == ["document", None, "no_file"]
    assert verdicts[1]["audio_tracks"][0]["channels"] == 1
    assert "Traceback" not in result.stderr
