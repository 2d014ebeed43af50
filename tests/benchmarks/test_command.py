"""`manage.py benchmark`, from a data folder to a page; and what it says when something is missing."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.benchmarks.conftest import SPOKEN


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Any]:
    return {"model": "tiny.en", "out": tmp_path / "docs", "raw": tmp_path / "raw.json"}


def test_two_systems_are_measured_and_reported(
    data: Path, places: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["balanced", "faster-whisper"]
    call_command("benchmark", data=data, files=[SPOKEN], systems=names, **places)
    raw = json.loads(places["raw"].read_text())
    assert [run["system"] for run in raw["runs"]] == names
    for run in raw["runs"]:
        outcome, score = run["outcome"], run["score"]
        assert outcome["spent"]["cpu"] > 0
        assert 0 < outcome["first_seconds"] <= outcome["spent"]["wall"]
        assert 50_000_000 < outcome["peak_bytes"] < 2_000_000_000
        assert (score["substitutions"] + score["deletions"] + score["insertions"]) / score["count"] < 0.5
        assert "budget" in outcome["texts"][0]
    assert raw["runs"][0]["outcome"]["windows"] == 1
    page = (places["out"] / "benchmarks.md").read_text()
    for label in ("**this engine, balanced**", "faster-whisper, beam 5"):
        assert f"| {label} |" in page
    for text in (page, places["raw"].read_text(), (places["out"] / "images/benchmark.svg").read_text()):
        assert str(data) not in text
    assert "2 of 2: en-spoken-dev, faster-whisper: " in capsys.readouterr().err
    (places["out"] / "benchmarks.md").unlink()
    call_command("benchmark", report_only=True, **places)
    assert (places["out"] / "benchmarks.md").read_text() == page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"data": None}, "Name the folder of recorded speech with --data."),
        ({"data": Path("/nowhere")}, "There is no recorded speech in /nowhere"),
        ({"repeat": 0}, "Measure at least once"),
        ({"files": ["gone"]}, "The data folder has no recording and no set 'gone'."),
        ({"systems": ["slow"]}, "There is no system 'slow'"),
        ({"model": "no-such-size"}, "not in "),
        ({"report_only": True}, "There are no results in "),
    ],
)
def test_what_is_missing_is_a_sentence(
    data: Path, places: dict[str, Any], given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("benchmark", **{"data": data, **places, **given})


def test_a_program_that_was_asked_for_and_is_not_installed_is_a_sentence(
    data: Path, places: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcriptions.configuration.program", {"ffmpeg": "ffmpeg", "ffprobe": "ffprobe"}.get)
    with pytest.raises(CommandError, match="whisper-ctranslate2 is not installed"):
        call_command("benchmark", data=data, systems=["whisper-ctranslate2"], **places)


@pytest.mark.parametrize("package", ["jiwer", "whisper_normalizer", "matplotlib"])
def test_a_package_that_is_missing_is_a_sentence(
    package: str, data: Path, places: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith(("benchmarks", package))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("benchmarks.run", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(CommandError, match=f"Measuring needs {package}.*: install the extra `benchmark`"):
        call_command("benchmark", data=data, **places)
