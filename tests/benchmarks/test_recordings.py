"""What is measured on: chosen by name, refused in a sentence, an hour made of clips."""

import shutil
import wave
from pathlib import Path

import numpy as np
import pytest

from benchmarks import recordings, sounds
from benchmarks.values import BenchmarkError
from tests.benchmarks.conftest import write_manifest
from transcriptions import configuration


@pytest.fixture
def several(tmp_path: Path) -> recordings.Manifest:
    folder = write_manifest(
        tmp_path,
        {"id": "en-short-dev", "duration_s": 20.0},
        {"id": "pt-long-dev", "lang": "pt", "duration_s": 300.0},
        {"id": "en-a", "sets": ["batch40-dev"], "duration_s": 1.0},
        {"id": "pt-b", "lang": "pt", "sets": ["batch40-dev"], "duration_s": 2.0},
        {"id": "en-unknown-dev", "text": None},
        {"id": "mixed", "lang": "mul"},
    )
    return recordings.read(folder)


def test_the_long_ones_come_first_and_the_set_is_one(several: recordings.Manifest) -> None:
    items = recordings.choose(several)
    assert [(item.name, item.kind) for item in items] == [
        ("pt-long-dev", "file"),
        ("en-short-dev", "file"),
        ("batch40-dev", "set"),
    ]
    assert [clip.name for clip in items[-1].recordings] == ["en-a", "pt-b"]
    assert items[-1].seconds == pytest.approx(3.0)


def test_recordings_and_sets_are_chosen_by_name(several: recordings.Manifest) -> None:
    items = recordings.choose(several, ["mixed", "batch40-dev"])
    assert [item.name for item in items] == ["mixed", "batch40-dev"]
    assert items[0].recordings[0].language == ""


def test_one_language_is_left_of_sets_too(several: recordings.Manifest) -> None:
    english = several.only("en")
    assert english.sets == {"batch40-dev": ("en-a",)}
    assert "pt-long-dev" not in english.recordings


def test_the_shortest_english_one_is_for_warming_up(several: recordings.Manifest) -> None:
    """But none so short that it may pass for no speech."""
    assert recordings.warm_up(several).name == "en-unknown-dev"


@pytest.mark.parametrize("names", [["no-such"], ["en-short-dev", "no-such"]])
def test_a_name_nobody_knows_is_a_sentence(several: recordings.Manifest, names: list[str]) -> None:
    with pytest.raises(BenchmarkError, match=r"^The data folder has no recording and no set 'no-such'\.$"):
        recordings.choose(several, names)


def test_a_folder_without_recordings_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=rf"^There is no recorded speech in {tmp_path}"):
        recordings.read(tmp_path)


def test_a_file_that_is_not_there_is_a_sentence(several: recordings.Manifest) -> None:
    several.recordings["en-short-dev"].path.unlink()
    with pytest.raises(BenchmarkError, match="which is not there"):
        recordings.choose(several, ["en-short-dev"])


def test_the_hour_is_made_of_different_clips_and_at_least_as_long_as_asked_for(
    tmp_path: Path, spoken: Path, long_spoken: Path
) -> None:
    folder = write_manifest(
        tmp_path,
        {"id": "one", "text": "First."},
        {"id": "two", "text": "Second.", "duration_s": 28.0},
        {"id": "too-long", "text": "Never.", "duration_s": 31.0},
        {"id": "outro", "text": "Nunca.", "lang": "pt"},
    )
    shutil.copy(spoken, folder / "speech/one.wav")
    shutil.copy(long_spoken, folder / "speech/two.wav")
    item = recordings.hour(recordings.read(folder), configuration.ffmpeg(), tmp_path, seconds=60)
    (made,) = item.recordings
    with wave.open(str(made.path)) as file:
        seconds = file.getnframes() / file.getframerate()
    assert made.seconds == pytest.approx(seconds)
    assert 60 <= seconds < 110
    assert (made.text or "").startswith("First. Second.")


def test_there_is_no_hour_without_clips(several: recordings.Manifest, tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="no short clips in 'de'"):
        recordings.hour(several, configuration.ffmpeg(), tmp_path, language="de")


def test_the_sounds_without_words_are_sounds(tmp_path: Path) -> None:
    items = sounds.items(tmp_path, seconds=2)
    loudness = {}
    for item in items:
        with wave.open(str(item.recordings[0].path)) as file:
            assert file.getnframes() / file.getframerate() == 2
            loudness[item.name] = np.abs(np.frombuffer(file.readframes(32_000), "<i2").astype(float)).mean()
    assert loudness.pop("silence") == 0
    assert set(loudness) == {"white noise", "hum", "music"}
    assert min(loudness.values()) > 300
    assert all(item.recordings[0].text == "" for item in items)
