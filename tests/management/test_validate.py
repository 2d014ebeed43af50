"""`manage.py validate`: a verdict for each file, without a model, a database or a queue."""

import json
from pathlib import Path

import pytest

from tests.management.commands import manage


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    file = tmp_path / "letter.mp3"
    file.write_bytes(b"Dear Sir or Madam,\n" * 50)
    return file


def test_a_recording_is_accepted_and_described(spoken: Path) -> None:
    result = manage("validate", str(spoken))
    assert result.returncode == 0
    assert f"{spoken}: accepted. wav; " in result.stdout
    assert "track 0: pcm_s16le, " in result.stdout


def test_one_refusal_is_enough_for_status_1_and_all_are_told(spoken: Path, letter: Path, tmp_path: Path) -> None:
    result = manage("validate", "--json", str(letter), str(spoken), str(tmp_path / "nothing"))
    assert result.returncode == 1
    verdicts = [json.loads(line) for line in result.stdout.splitlines()]
    assert [verdict["accepted"] for verdict in verdicts] == [False, True, False]
    assert [verdict.get("code") for verdict in verdicts] == ["document", None, "no_file"]
    assert verdicts[1]["audio_tracks"][0]["channels"] == 1
    assert "Traceback" not in result.stderr
