"""A data folder as the benchmark wants it, of speech made here."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from benchmarks.values import Job, Recording
from tests.conftest import SENTENCE
from transcriptions import configuration

SPOKEN = "en-spoken-dev"


def write_manifest(folder: Path, *entries: dict[str, Any]) -> Path:
    """The data folder, its recordings empty unless they are there already."""
    speech = folder / "speech"
    speech.mkdir(exist_ok=True)
    lines = []
    for entry in entries:
        whole = {"lang": "en", "duration_s": 5.0, "text": "Good morning.", "sets": [], "path": f"{entry['id']}.wav"}
        lines.append(json.dumps({**whole, **entry}))
        (speech / f"{entry['id']}.wav").touch()
    (speech / "manifest.jsonl").write_text("\n".join(lines))
    return folder


@pytest.fixture
def data(tmp_path: Path, spoken: Path) -> Path:
    folder = write_manifest(tmp_path, {"id": SPOKEN, "text": SENTENCE})
    shutil.copy(spoken, folder / "speech" / f"{SPOKEN}.wav")
    return folder


@pytest.fixture
def recording(spoken: Path) -> Recording:
    return Recording(SPOKEN, spoken, "en", 5.0, SENTENCE)


@pytest.fixture
def job(recording: Recording) -> Job:
    """Balanced, on the real tiny.en, with the recording that is its own warm-up."""
    ffmpeg = configuration.ffmpeg()
    return Job(
        system="balanced",
        model="tiny.en",
        folder=configuration.model_key("tiny.en").folder,
        device="cpu",
        compute_type="int8",
        device_index=0,
        programs={"ffmpeg": ffmpeg.ffmpeg, "ffprobe": ffmpeg.ffprobe},
        recordings=(recording,),
        warm_up=recording,
    )
