"""Examining: what cannot work is refused by cheap looks, and what works is told what it is."""

import wave
from pathlib import Path

import pytest

from tests import speech
from transcriptions import configuration
from transcriptions.engine.errors import EngineError
from transcriptions.engine.examine import SPOT_SECONDS, examine
from transcriptions.engine.ffmpeg import FFmpeg

FFMPEG = configuration.ffmpeg()


def refused(file: Path) -> str:
    with pytest.raises(EngineError) as caught:
        examine(FFMPEG, file)
    return caught.value.code


def seconds(file: Path) -> float:
    with wave.open(str(file)) as sound:
        return float(sound.getnframes() / sound.getframerate())


def spoil(source: Path, target: Path, start: float, end: float = 1.0) -> Path:
    """A copy with zeros from one share of its length to another."""
    content = bytearray(source.read_bytes())
    first, last = int(len(content) * start), int(len(content) * end)
    content[first:last] = bytes(last - first)
    target.write_bytes(content)
    return target


@pytest.mark.parametrize("ending", ["wav", "mp3", "m4a", "ogg", "mkv"])
def test_a_recording_is_taken(ending: str, long_spoken: Path, tmp_path: Path) -> None:
    found = examine(FFMPEG, speech.convert(long_spoken, tmp_path / f"spoken.{ending}"))
    assert found.duration_seconds == pytest.approx(seconds(long_spoken), abs=0.3)
    assert len(found.audio_tracks) == 1


def test_the_first_bytes_decide_before_anything_is_run(tmp_path: Path) -> None:
    file = tmp_path / "list.mp3"
    file.write_text("#EXTM3U\n/etc/passwd\n")
    with pytest.raises(EngineError) as caught:
        examine(FFmpeg("/nowhere/ffmpeg", "/nowhere/ffprobe"), file)
    assert caught.value.code == "playlist"


def test_a_good_header_over_nothing_is_refused(long_spoken: Path, tmp_path: Path) -> None:
    whole = speech.convert(long_spoken, tmp_path / "whole.m4a", "-movflags", "faststart")
    start = whole.read_bytes().index(b"mdat") / whole.stat().st_size + 0.0001
    assert refused(spoil(whole, tmp_path / "spoiled.m4a", start)) == "unreadable"


def test_one_good_spot_is_enough(long_spoken: Path, tmp_path: Path) -> None:
    whole = speech.convert(long_spoken, tmp_path / "whole.mp3")
    assert examine(FFMPEG, spoil(whole, tmp_path / "spoiled.mp3", 0.3)).audio_tracks


def test_a_file_that_breaks_off_is_taken(long_spoken: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.wav"
    half.write_bytes(long_spoken.read_bytes()[: long_spoken.stat().st_size // 2])
    assert examine(FFMPEG, half).audio_tracks


def test_a_sound_that_is_shorter_than_a_spot_is_taken(tmp_path: Path) -> None:
    short = speech.write_wav(tmp_path / "short.wav", speech.silence(SPOT_SECONDS / 5))
    assert examine(FFMPEG, short).duration_seconds == pytest.approx(SPOT_SECONDS / 5, abs=0.01)


@pytest.mark.parametrize(("rate", "channels"), [(1, 1), (16_000, 255)])
def test_an_implausible_header_is_refused(rate: int, channels: int, tmp_path: Path) -> None:
    content = bytearray(speech.write_wav(tmp_path / "a.wav", speech.silence(1)).read_bytes())
    content[22:24] = channels.to_bytes(2, "little")
    content[24:28] = rate.to_bytes(4, "little")
    content[32:34] = (2 * channels).to_bytes(2, "little")
    file = tmp_path / "b.wav"
    file.write_bytes(content)
    assert refused(file) in {"unreadable", "not_media"}
