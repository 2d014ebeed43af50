"""`manage.py transcribe`: a file in, a transcript on standard output, and nothing else needed."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from tests.management.commands import MANAGE, SECONDS, environment, manage
from transcriptions.engine import model_pool
from transcriptions.engine.batching import Batcher
from transcriptions.engine.formats import FORMATS


@pytest.fixture
def _loaded(monkeypatch: pytest.MonkeyPatch, batcher: Batcher) -> None:
    """The tests' own resident model."""
    monkeypatch.setattr(model_pool, "load", lambda key: batcher)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    file = tmp_path / "letter.mp3"
    file.write_bytes(b"Dear Sir or Madam,\n" * 50)
    return file


BEGINNINGS = {
    "txt": r"Good morning",
    "srt": r"1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\nGood morning",
    "vtt": r"WEBVTT\nLanguage: en\n\n00:00:0\d\.\d{3} --> 00:00:0\d\.\d{3}\nGood morning",
    "json": r'\{"language": "en", "duration": \d.*"model": "tiny.en", "segments": \[\n\{"start"',
    "csv": r"\ufeffstart,end,speaker,text\s+\d\.\d{3},\d\.\d{3},,Good morning",
    "tsv": r"start\tend\tspeaker\ttext\s+\d\.\d{3}\t\d\.\d{3}\t\tGood morning",
    "lrc": r"\[00:0\d\.\d\d\]Good morning",
    "ass": r"\[Script Info\]\n",
    "ttml": r"<\?xml ",
}
DOCUMENTS = {"docx": b"PK", "pdf": b"%PDF-"}


def test_every_format_is_tested() -> None:
    assert {*BEGINNINGS, *DOCUMENTS} == set(FORMATS)


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize("format_name", DOCUMENTS)
def test_a_document_alone_is_on_standard_output(
    format_name: str, spoken: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    call_command("transcribe", spoken, format_name=format_name)
    assert capfdbinary.readouterr().out.startswith(DOCUMENTS[format_name])


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize("format_name", BEGINNINGS)
def test_the_transcript_alone_is_on_standard_output(
    format_name: str, spoken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("transcribe", spoken, format_name=format_name)
    said = capsys.readouterr()
    assert re.match(BEGINNINGS[format_name], said.out)
    assert "budget" in said.out
    for progress in ("loaded in", "of 5 s", "first segment after"):
        assert progress not in said.out
    if format_name == "json":
        assert json.loads(said.out)["segments"][0]["start"] == pytest.approx(0, abs=1)


@pytest.mark.usefixtures("_loaded")
def test_words_have_times_unless_they_are_not_wanted(spoken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("transcribe", spoken, format_name="json")
    words = json.loads(capsys.readouterr().out)["segments"][0]["words"]
    assert words[0]["text"].strip() == "Good"
    call_command("transcribe", spoken, "--no-word-timestamps", format_name="json")
    assert "words" not in json.loads(capsys.readouterr().out)["segments"][0]


@pytest.mark.usefixtures("_loaded")
def test_every_option_of_the_engine_can_be_given(spoken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = "--preset accurate --task transcribe --beam-size 2 --hotwords budget --initial-prompt Minutes."
    call_command("transcribe", str(spoken), *arguments.split(), "--language", "en", "--multilingual")
    said = capsys.readouterr()
    assert "budget" in said.out
    assert "windows; decoded again:" in said.err


@pytest.mark.usefixtures("_loaded")
def test_silence_is_an_empty_transcript(silent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("transcribe", silent)
    said = capsys.readouterr()
    assert said.out == ""
    assert "no speech found" in said.err
    call_command("transcribe", silent, format_name="json")
    assert json.loads(capsys.readouterr().out)["segments"] == []


def test_it_needs_no_database_no_redis_no_secret_and_no_data_folder(spoken: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    result = manage("transcribe", str(spoken), SECRET_KEY=None, DATA_DIR=str(nothing))
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("Good morning")
    assert re.search(
        r"tiny\.en loaded in \d+\.\d s\n(.*\n)*\d+ of \d+ s\n(.*\n)*en; first segment after", result.stderr
    )
    assert not nothing.exists()


def test_a_file_that_is_no_recording_is_a_sentence(letter: Path) -> None:
    result = manage("transcribe", str(letter))
    assert (result.returncode, result.stdout) == (1, "")
    assert "This is a text or a document." in result.stderr
    assert "Traceback" not in result.stderr


def test_what_ffmpeg_said_of_a_broken_file_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(bytes(range(256)) * 10)
    result = manage("transcribe", str(broken))
    assert (result.returncode, result.stdout) == (1, "")
    assert "This is not an audio or video file that can be read." in result.stderr
    assert "Invalid data found when processing input" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("_loaded")
def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.mp3", tmp_path):
        with pytest.raises(CommandError, match=f"There is no file {path}."):
            call_command("transcribe", path)


def test_a_model_that_is_not_there_is_a_sentence(spoken: Path) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("transcribe", spoken, model="no-such-size")
    assert "model" in str(caught.value)
    assert str(django_settings.WHISPER_MODEL_DIR) in str(caught.value)


def test_a_language_that_the_model_does_not_know_is_a_sentence(spoken: Path) -> None:
    with pytest.raises(CommandError, match="knows only English"):
        call_command("transcribe", spoken, language="pt")


def test_a_language_nobody_knows_is_a_sentence(spoken: Path) -> None:
    with pytest.raises(CommandError, match="does not know the language 'klingon'"):
        call_command("transcribe", spoken, language="klingon")


def test_a_format_nobody_knows_is_refused(spoken: Path) -> None:
    with pytest.raises(CommandError, match="invalid choice: 'exe'"):
        call_command("transcribe", str(spoken), "--format", "exe")


def test_a_file_is_looked_for_where_the_person_stands(spoken: Path) -> None:
    command = [*MANAGE, "transcribe", spoken.name]
    result = subprocess.run(
        command, cwd=spoken.parent, env=environment(), capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert "report" in result.stdout, result.stderr
