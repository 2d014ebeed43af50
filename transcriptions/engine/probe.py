"""What a media file is, by its header, and whether there is sound in it. Does not decode."""

from math import isfinite
from pathlib import Path
from typing import Any

from transcriptions.engine.errors import EngineError
from transcriptions.engine.ffmpeg import FFmpeg
from transcriptions.engine.values import AudioTrack, Probe


class NoAudioError(EngineError):
    """A readable file without a sound track."""


def probe(ffmpeg: FFmpeg, path: Path) -> Probe:
    """Raises DecodeError when it is no media file, NoAudioError when nothing in it can be heard."""
    answer = ffmpeg.probe(path)
    streams = [stream for stream in answer.get("streams", []) if stream.get("codec_type") == "audio"]
    tracks = tuple(_track(index, stream) for index, stream in enumerate(streams))
    if not tracks:
        raise NoAudioError("no_audio")
    durations = [answer.get("format", {}).get("duration"), *(stream.get("duration") for stream in streams)]
    return Probe(
        container=str(answer.get("format", {}).get("format_name", ""))[:100],
        duration_seconds=next(filter(None, map(_seconds, durations)), None),
        audio_tracks=tracks,
    )


def _track(index: int, stream: dict[str, Any]) -> AudioTrack:
    tags = stream.get("tags", {})
    return AudioTrack(
        index=index,
        codec=str(stream.get("codec_name", ""))[:50],
        sample_rate=int(stream.get("sample_rate") or 0),
        channels=int(stream.get("channels") or 0),
        language=str(tags.get("language", ""))[:20],
        title=str(tags.get("title", ""))[:200],
        default=bool(stream.get("disposition", {}).get("default")),
    )


def _seconds(value: str | None) -> float | None:
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return seconds if isfinite(seconds) and seconds > 0 else None
