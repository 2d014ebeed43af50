"""What a header tells, and what it tells that is nonsense."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests import speech
from transcriptions import configuration
from transcriptions.engine.errors import EngineError
from transcriptions.engine.ffmpeg import PROBE_BYTES, DecodeError, FFmpeg
from transcriptions.engine.probe import MOST_TRACKS, probe, track_of
from transcriptions.engine.values import AudioTrack, Probe

FFMPEG = configuration.ffmpeg()


def _told(answer: dict[str, Any], tmp_path: Path) -> Probe:
    """Of an ffprobe that answers so."""
    told, program = tmp_path / "answer.json", tmp_path / "ffprobe"
    told.write_text(json.dumps(answer))
    program.write_text(f"#!/bin/sh\nexec cat {told}\n")
    program.chmod(0o755)
    return probe(FFmpeg(FFMPEG.ffmpeg, str(program)), tmp_path / "any")


def test_it_learns_rates_and_channels(spoken: Path, tmp_path: Path) -> None:
    found = probe(FFMPEG, speech.convert(spoken, tmp_path / "a.mp3", "-b:a", "64k", "-ac", "2"))
    (track,) = found.audio_tracks
    assert track.bit_rate == 64_000
    assert found.bit_rate == pytest.approx(64_000, rel=0.1)
    assert track.channel_layout == "stereo"
    assert (found.video, found.video_codec, found.stream_count) == (False, "", 1)


def test_it_learns_of_the_film_and_how_much_later_the_sound_begins(spoken: Path, tmp_path: Path) -> None:
    picture = ["-f", "lavfi", "-i", "testsrc=size=64x64:duration=3"]
    sound = ["-itsoffset", "1.5", "-i", str(spoken)]
    film = speech.make(tmp_path / "film.mkv", *picture, *sound, "-map", "0:v", "-map", "1:a", "-c:v", "mpeg4")
    found = probe(FFMPEG, film)
    assert (found.video, found.video_codec, found.stream_count) == (True, "mpeg4", 2)
    assert found.audio_tracks[0].offset_seconds == pytest.approx(1.5, abs=0.05)


def test_a_cover_is_no_film(spoken: Path, tmp_path: Path) -> None:
    cover = speech.make(
        tmp_path / "cover.jpg", "-f", "lavfi", "-i", "color=size=64x64", "-frames:v", "1", "-c:v", "mjpeg"
    )
    how = ["-map", "0:a", "-map", "1:v", "-c:v", "copy", "-disposition:v", "attached_pic"]
    found = probe(FFMPEG, speech.make(tmp_path / "song.mp3", "-i", str(spoken), "-i", str(cover), *how))
    assert (found.video, found.video_codec, found.stream_count) == (False, "", 2)


TRACKS = (
    AudioTrack(0, "aac", 0, 0, default=True),
    AudioTrack(1, "aac", 48_000, 2),
    AudioTrack(2, "aac", 48_000, 2, default=True),
)


@pytest.mark.parametrize(
    ("tracks", "wanted", "number"),
    [
        (TRACKS, None, 2),
        (TRACKS[:2], None, 1),  # the default cannot be meant
        (TRACKS[:1], None, 0),
        (TRACKS, 1, 1),
        (TRACKS, 0, 0),
    ],
)
def test_the_default_track_is_heard_unless_another_is_wanted(
    tracks: tuple[AudioTrack, ...], wanted: int | None, number: int
) -> None:
    assert track_of(tracks, wanted).index == number


def test_a_track_that_is_not_there_is_told() -> None:
    with pytest.raises(EngineError) as caught:
        track_of(TRACKS, 3)
    assert caught.value.code == "no_track"


NONSENSE: list[Any] = ["N/A", "nan", "inf", "-inf", "-5", "1e300", "9" * 5000, "", None, "0x10", [], {}]


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: str(value)[:10])
def test_nonsense_is_not_known(value: Any, tmp_path: Path) -> None:
    names = ("sample_rate", "channels", "bit_rate", "duration")
    stream = {"codec_type": "audio", "codec_name": "mp3", **dict.fromkeys(names, value)}
    answer = {"streams": [stream], "format": dict.fromkeys(("duration", "bit_rate", "nb_streams"), value)}
    found = _told(answer, tmp_path)
    assert (found.duration_seconds, found.bit_rate, found.stream_count) == (None, None, 1)
    assert found.audio_tracks == (AudioTrack(index=0, codec="mp3", sample_rate=0, channels=0),)


@pytest.mark.parametrize("value", ["N/A", "nan", "-inf", "1e300", None])
def test_a_beginning_that_is_not_known_is_the_first(value: Any, tmp_path: Path) -> None:
    streams = [{"codec_type": "audio", "start_time": start} for start in ("3.0", value)]
    tracks = _told({"streams": streams}, tmp_path).audio_tracks
    assert [(track.start_seconds, track.offset_seconds) for track in tracks] == [(3.0, 0.0), (3.0, 0.0)]


def test_a_beginning_before_the_first_moment_counts(tmp_path: Path) -> None:
    starts = [("video", "-0.5"), ("audio", "1.0"), ("audio", "-1.0"), ("subtitle", "-9.0")]
    streams = [{"codec_type": kind, "start_time": start} for kind, start in starts]
    tracks = _told({"streams": streams}, tmp_path).audio_tracks
    assert [track.offset_seconds for track in tracks] == [2.0, 0.0]


def test_of_many_tracks_the_first_are_kept(tmp_path: Path) -> None:
    stream = {
        "codec_type": "audio",
        "codec_name": "x" * 900,
        "channel_layout": "y" * 900,
        "tags": {"title": "z" * 900},
    }
    found = _told({"streams": [stream] * 500, "format": {"nb_streams": 500}}, tmp_path)
    assert len(found.audio_tracks) == MOST_TRACKS
    assert found.stream_count == 500
    assert len(json.dumps(asdict(found))) < MOST_TRACKS * 1000


def test_a_header_without_end_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(DecodeError, match="more than"):
        _told({"streams": [], "format": {"format_name": "x" * PROBE_BYTES}}, tmp_path)


def test_a_track_of_an_older_version_is_still_a_track() -> None:
    old: dict[str, Any] = {
        "index": 0,
        "codec": "mp3",
        "sample_rate": 8000,
        "channels": 1,
        "language": "",
        "title": "",
        "default": True,
    }
    assert AudioTrack(**old).bit_rate is None
