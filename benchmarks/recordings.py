"""Which recordings: the manifest of a data folder, what is chosen from it, and an hour made of its clips.

The data is not part of the project. Does not measure and does not know what the systems are.
"""

import json
import wave
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.values import BenchmarkError, Item, Recording
from transcriptions.engine.ffmpeg import FFmpeg
from transcriptions.engine.values import BYTES_PER_SECOND, SAMPLE_RATE

CHOSEN = "dev"  # what the name of a recording has in it that one may tune to and measure on
SET = "batch40-dev"  # short clips, measured as they come in numbers
SEVERAL = "mul"  # the manifest's language of a recording in which several are spoken
CLIP_SECONDS = 30.0  # at most, of the clips that make the hour
HOUR_SECONDS = 3600.0
PAUSE_SECONDS = 1.0  # between two of them
WARM_UP_SECONDS = 1.5  # at least: a shorter one may pass for no speech


@dataclass(frozen=True)
class Manifest:
    """Recordings by their name, and names by the set they belong to."""

    recordings: dict[str, Recording]
    sets: dict[str, tuple[str, ...]]

    def only(self, language: str) -> "Manifest":
        """What is said in that language alone."""
        kept = {name: recording for name, recording in self.recordings.items() if recording.language == language}
        sets = {name: tuple(member for member in members if member in kept) for name, members in self.sets.items()}
        return Manifest(kept, {name: members for name, members in sets.items() if members})


def read(data: Path) -> Manifest:
    """data: the folder with speech/manifest.jsonl, or that with the manifest itself. Raises BenchmarkError."""
    folder = data / "speech" if (data / "speech").is_dir() else data
    manifest = folder / "manifest.jsonl"
    if not manifest.is_file():
        raise BenchmarkError(f"There is no recorded speech in {data}: no manifest.jsonl, neither there nor in speech/.")
    recordings: dict[str, Recording] = {}
    sets: dict[str, list[str]] = defaultdict(list)
    for entry in map(json.loads, manifest.read_text().splitlines()):
        if "path" in entry:
            recordings[entry["id"]] = _recording(entry, folder)
            for name in entry.get("sets") or ():
                sets[name].append(entry["id"])
    return Manifest(recordings, {name: tuple(members) for name, members in sets.items()})


def _recording(entry: dict[str, Any], folder: Path) -> Recording:
    language = "" if entry["lang"] == SEVERAL else entry["lang"]
    return Recording(entry["id"], folder / entry["path"], language, float(entry["duration_s"]), entry.get("text"))


def choose(manifest: Manifest, names: Sequence[str] = ()) -> list[Item]:
    """The recordings and sets of these names, or else all that may be measured on, the long ones first.

    Raises BenchmarkError when there is no such name or its file is not there.
    """
    items = [_item(manifest, name) for name in names or _all(manifest)]
    if not items:
        raise BenchmarkError(f"No recording in the data folder has {CHOSEN!r} in its name: choose some with --files.")
    for recording in (recording for item in items for recording in item.recordings):
        if not recording.path.is_file():
            raise BenchmarkError(f"The data folder's manifest names {recording.path}, which is not there.")
    return items


def _all(manifest: Manifest) -> list[str]:
    files = [name for name, recording in manifest.recordings.items() if CHOSEN in name and recording.text]
    files.sort(key=lambda name: -manifest.recordings[name].seconds)
    return [*files, *(name for name in manifest.sets if name == SET)]


def _item(manifest: Manifest, name: str) -> Item:
    if name in manifest.recordings:
        return Item(name, "file", (manifest.recordings[name],))
    if name in manifest.sets:
        return Item(name, "set", tuple(manifest.recordings[member] for member in manifest.sets[name]))
    raise BenchmarkError(f"The data folder has no recording and no set {name!r}.")


def warm_up(manifest: Manifest) -> Recording:
    """A very short one, English if there is one: every model knows English."""
    some = [recording for recording in manifest.recordings.values() if recording.seconds >= WARM_UP_SECONDS]
    if not some:
        raise BenchmarkError("The data folder has no recording to warm up with.")
    return min(some, key=lambda recording: (recording.language != "en", recording.seconds))


def hour(manifest: Manifest, ffmpeg: FFmpeg, folder: Path, seconds: float = HOUR_SECONDS, language: str = "en") -> Item:
    """A wav file in `folder` of at least so many seconds, of different clips in turn, with the text that is said.

    Never more than a clip's second in memory. Raises BenchmarkError when there are no clips in the language.
    """
    clips = [clip for clip in manifest.only(language).recordings.values() if clip.text and clip.seconds <= CLIP_SECONDS]
    if not clips:
        raise BenchmarkError(f"The data folder has no short clips in {language!r} to make an hour of.")
    path, texts, frames = folder / "hour.wav", [], 0
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        for clip in cycle(clips):
            for chunk in _with_pause(ffmpeg.pcm(clip.path)):
                file.writeframesraw(chunk)
                frames += len(chunk) // 2
            texts.append(clip.text or "")
            if frames >= seconds * SAMPLE_RATE:
                break
    return Item("hour", "hour", (Recording("hour", path, language, frames / SAMPLE_RATE, " ".join(texts)),))


def _with_pause(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield from chunks
    yield bytes(int(PAUSE_SECONDS * BYTES_PER_SECOND))
