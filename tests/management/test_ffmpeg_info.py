"""`manage.py ffmpeg_info`: what there is, why not the rest, status 0."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.engine.fake_ffmpeg import calls, fake
from tests.management.commands import manage
from transcriptions import configuration
from transcriptions.engine.cores import usable_cores


@pytest.fixture
def fake_program(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An ffmpeg whose NVENC works and whose AMF does not, and a data folder of its own."""
    settings.DATA_DIR = tmp_path / "data"
    program = fake(tmp_path, h264_amf="echo 'No driver in /opt/amf' >&2; exit 1")
    monkeypatch.setattr(configuration, "program", lambda name: program)
    return program


def info(*words: str) -> list[str]:
    said = io.StringIO()
    call_command("ffmpeg_info", *words, stdout=said)
    return said.getvalue().splitlines()


def test_it_says_what_works_and_why_the_rest_does_not(fake_program: str) -> None:
    assert info() == [
        "ffmpeg 9.1",
        "CUDA (NVENC), h264_nvenc: works",
        "VideoToolbox, h264_videotoolbox: works",
        "QSV, h264_qsv: works",
        "VAAPI, h264_vaapi: works",
        "AMF, h264_amf: No driver in …",
        "software: libx264",
        "used: h264_nvenc, then libx264",
        "draws subtitles: yes",
        f"cores: {usable_cores()}",
    ]


def test_it_looks_again_when_it_is_told_to(fake_program: str) -> None:
    info()
    first = len(calls(fake_program))
    info()
    assert len(calls(fake_program)) == first
    info("--again")
    assert len(calls(fake_program)) == 2 * first
    info()
    assert len(calls(fake_program)) == 2 * first


def test_switched_off_no_hardware_is_tried(fake_program: str, settings: Settings) -> None:
    settings.ENABLE_FFMPEG_HW_ACCEL = False
    said = info("--again")
    assert "hardware: switched off by ENABLE_FFMPEG_HW_ACCEL" in said
    assert "used: libx264" in said
    assert not any("testsrc" in call for call in calls(fake_program))
    assert [encoder.name for encoder in configuration.encoders()] == ["libx264"]
    settings.ENABLE_FFMPEG_HW_ACCEL = True
    assert [encoder.name for encoder in configuration.encoders()] == ["h264_nvenc", "libx264"]


def test_without_an_ffmpeg_it_is_a_sentence(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(configuration, "program", lambda name: str(tmp_path / "none"))
    with pytest.raises(CommandError, match="There is no ffmpeg on this machine"):
        info()


@pytest.mark.parametrize("wanted", ["true", "false"])
def test_it_runs_alone(wanted: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    result = manage("ffmpeg_info", SECRET_KEY=None, DATA_DIR=str(data), ENABLE_FFMPEG_HW_ACCEL=wanted)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert ("switched off" in result.stdout) == (wanted == "false")
    assert (data / "hardware.json").exists() == (wanted == "true")
    assert "/" not in result.stdout
