"""What works is found by trying, told in a line, and remembered for this host and this ffmpeg."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.engine.fake_ffmpeg import calls, fake
from transcriptions import configuration
from transcriptions.engine import hardware
from transcriptions.engine.child import Ended
from transcriptions.engine.hardware import Findings, Tried, find, forget, look, why

ALL_FAIL: dict[str, Any] = dict.fromkeys(
    ("h264_nvenc", "h264_videotoolbox", "h264_qsv", "h264_vaapi", "h264_amf"), "exit 1"
)


def names(found: Findings) -> list[str]:
    return [encoder.name for encoder in found.encoders()]


def tries(program: str) -> list[str]:
    return [call for call in calls(program) if "testsrc" in call]


def test_the_first_that_works_comes_first_and_software_last(tmp_path: Path) -> None:
    assert names(look(fake(tmp_path / "a"))) == ["h264_nvenc", "libx264"]
    assert names(look(fake(tmp_path / "b", h264_nvenc="exit 1"))) == ["h264_videotoolbox", "libx264"]
    only_vaapi = {**ALL_FAIL, "h264_vaapi": "exit 0"}
    assert names(look(fake(tmp_path / "c", **only_vaapi))) == ["h264_vaapi", "libx264"]
    assert names(look(fake(tmp_path / "d", **ALL_FAIL))) == ["libx264"]


@pytest.mark.parametrize(
    ("built_in", "expected"), [(("libopenh264",), "libopenh264"), (("libopenh264", "libx264"), "libx264"), ((), "")]
)
def test_the_software_encoder_is_the_one_this_ffmpeg_has(
    built_in: tuple[str, ...], expected: str, tmp_path: Path
) -> None:
    found = look(fake(tmp_path, encoders=built_in))
    assert found.software == expected
    assert names(found) == ([expected] if expected else [])


def test_what_is_not_built_in_is_not_tried(tmp_path: Path) -> None:
    program = fake(tmp_path, encoders=("libx264", "h264_qsv"), h264_qsv="exit 1")
    found = look(program)
    assert {tried.name for tried in found.tried if "built without it" in tried.why_not} == set(ALL_FAIL) - {"h264_qsv"}
    assert len(tries(program)) == 1


def test_each_is_tried_as_pictures_are_made(tmp_path: Path) -> None:
    program = fake(tmp_path)
    look(program)
    (vaapi,) = [call for call in tries(program) if "-c:v h264_vaapi " in call]
    assert "format=nv12" in vaapi
    assert "hwupload" in vaapi
    assert "-vaapi_device /dev/dri/renderD128" in vaapi
    assert all("-nostdin" in call and "-f null" in call for call in tries(program))


def test_the_cause_is_told_in_a_line_without_paths(tmp_path: Path) -> None:
    said = "echo '[h264_nvenc @ 0x55d0] Cannot load /usr/lib/libcuda.so.1' >&2; echo 'Conversion failed!' >&2; exit 1"
    tried = look(fake(tmp_path, h264_nvenc=said)).tried[0]
    assert tried == Tried("h264_nvenc", "Cannot load …")
    assert not tried.works


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", "ffmpeg ended with status -11"),
        ("[a @ 0x1] [b] No VA display found for device /dev/dri/renderD128.\nlast", "No VA display found for device …"),
        ("Error opening output file:/srv/x y", "Error opening output … y"),
        ("x" * 1000, "x" * 200),
    ],
)
def test_a_reason_is_short(said: str, expected: str) -> None:
    assert why(Ended(-11, said)) == expected


def test_they_are_tried_at_the_same_time_and_not_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "TRY_SECONDS", 1.0)
    began = time.monotonic()
    all_hang: dict[str, Any] = dict.fromkeys(ALL_FAIL, "exec sleep 30")
    found = look(fake(tmp_path, **all_hang))
    assert time.monotonic() - began < 4
    assert {tried.why_not for tried in found.tried} == {"no answer in 1 s"}
    assert names(found) == ["libx264"]


def test_it_is_found_once_a_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, memory = fake(tmp_path, h264_nvenc="exit 1"), tmp_path / "data" / "hardware.json"
    found = find(program, memory)
    assert find(program, memory) == found
    assert len(tries(program)) == 5
    monkeypatch.setattr("socket.gethostname", lambda: "another")
    assert find(program, memory) == found
    assert len(tries(program)) == 10
    assert [entry["host"] for entry in json.loads(memory.read_text())][1] == "another"
    assert [file.name for file in memory.parent.iterdir()] == ["hardware.json"]


def test_another_ffmpeg_is_looked_at_anew(tmp_path: Path) -> None:
    memory = tmp_path / "hardware.json"
    find(fake(tmp_path, version="9.1"), memory)
    program = fake(tmp_path, version="9.2", **ALL_FAIL)
    assert (find(program, memory).version, names(find(program, memory))) == ("9.2", ["libx264"])
    assert len(json.loads(memory.read_text())) == 1


def test_what_is_forgotten_is_looked_at_anew(tmp_path: Path) -> None:
    program, memory = fake(tmp_path), tmp_path / "hardware.json"
    find(program, memory)
    forget(memory)
    find(program, memory)
    assert len(tries(program)) == 10


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"a": 1}', '[{"host": "HOST", "tried": [{"x": 1}]}]'])
def test_a_memory_that_cannot_be_read_is_none(content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "HOST")
    program, memory = fake(tmp_path), tmp_path / "hardware.json"
    memory.write_text(content)
    assert names(find(program, memory)) == ["h264_nvenc", "libx264"]
    assert len(json.loads(memory.read_text())) == 1


def test_a_memory_that_cannot_be_written_is_only_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    program = fake(tmp_path)
    assert names(find(program, Path(program, "hardware.json"))) == ["h264_nvenc", "libx264"]
    assert "cannot be kept" in caplog.text


def test_a_driver_that_did_not_answer_is_asked_again_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "TRY_SECONDS", 0.5)
    memory = tmp_path / "hardware.json"
    assert names(find(fake(tmp_path, h264_nvenc="exec sleep 30"), memory)) == ["h264_videotoolbox", "libx264"]
    assert not memory.exists()
    assert names(find(fake(tmp_path), memory)) == ["h264_nvenc", "libx264"]


def test_a_missing_ffmpeg_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="ffmpeg"):
        look(str(tmp_path / "ffmpeg"))


def test_only_what_drivers_need_reaches_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv("LIBVA_DRIVER_NAME", "iHD")
    look(fake(tmp_path, h264_nvenc=f"env > {tmp_path}/seen"))
    seen = (tmp_path / "seen").read_text()
    assert "LIBVA_DRIVER_NAME=iHD" in seen
    assert "secret" not in seen


def test_the_real_ffmpeg_is_asked() -> None:
    found = look(configuration.ffmpeg().ffmpeg)
    assert found.version != "unknown"
    assert found.software == "libx264"
    assert len(found.tried) == 5
    assert all("/" not in tried.why_not for tried in found.tried)
