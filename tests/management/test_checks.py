"""`manage.py check`: what is missing on this machine, by the number of its check."""

from pathlib import Path

import pytest
from django.core.checks import CheckMessage, run_checks
from django.db import connection
from pytest_django import Settings

from transcriptions import configuration


def ours() -> list[CheckMessage]:
    return [message for message in run_checks() if str(message.id).startswith("transcriptions.")]


def test_nothing_is_missing_here() -> None:
    assert run_checks() == []


@pytest.mark.parametrize("missing", ["ffmpeg", "ffprobe"])
def test_a_missing_program_is_e001(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    found = configuration.program
    monkeypatch.setattr(configuration, "program", lambda name: None if name == missing else found(name))
    (message,) = ours()
    assert (message.id, message.msg) == ("transcriptions.E001", f"There is no {missing} on this machine.")
    assert "make install" in str(message.hint)


def test_an_empty_path_finds_only_what_is_installed_beside_python(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin" / "python"))
    assert [message.id for message in ours()] == ["transcriptions.E001"] * 2
    (tmp_path / "bin").mkdir()
    for name in ("ffmpeg", "ffprobe"):
        (tmp_path / "bin" / name).touch(mode=0o755)
    assert ours() == []


def test_a_missing_model_is_e002(settings: Settings, tmp_path: Path) -> None:
    settings.WHISPER_MODEL_DIR = tmp_path
    (message,) = ours()
    assert (message.id, message.msg) == ("transcriptions.E002", f"The model tiny.en is not in {tmp_path}.")
    assert "manage.py fetch_model tiny.en" in str(message.hint)


@pytest.mark.django_db
def test_extensions_that_nobody_may_create_are_e003() -> None:
    assert run_checks(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE; CREATE ROLE stranger; SET LOCAL ROLE stranger")
        (message,) = [one for one in run_checks(databases=["default"]) if one.id == "transcriptions.E003"]
        assert "pg_trgm" in message.msg
        assert "CREATE EXTENSION pg_trgm;" in str(message.hint)
        cursor.execute("RESET ROLE")
        assert [one for one in run_checks(databases=["default"]) if one.id == "transcriptions.E003"] == []
