"""What a media file is, by its header, and whether there is sound in it. Does not decode."""

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any

from transcriptions.engine.errors import EngineError
from transcriptions.engine.ffmpeg import FFmpeg
from transcriptions.engine.values import AudioTrack, Probe

MOST_TRACKS = 50
MOST_SECONDS = 1e8  # three years
LEAST_RATE, MOST_RATE = 2_000, 768_000  # Hz
MOST_CHANNELS = 64
MOST_WHOLE = 2**31 - 1  # of hertz, channels, bits a second, streams


class NoAudioError(EngineError):
    """A readable file without a sound track."""


def probe(ffmpeg: FFmpeg, path: Path) -> Probe:
    """Raises DecodeError when it is no media file, NoAudioError when nothing in it can be heard."""
    answer = ffmpeg.probe(path)
    container, streams = answer.get("format", {}), answer.get("streams", [])
    sound = [stream for stream in streams if stream.get("codec_type") == "audio"][:MOST_TRACKS]
    if not sound:
        raise NoAudioError("no_audio")
    video = next(filter(_is_video, streams), None)
    durations = [container.get("duration"), *(stream.get("duration") for stream in sound)]
    return Probe(
        container=str(container.get("format_name", ""))[:100],
        duration_seconds=next(filter(None, map(_length, durations)), None),
        audio_tracks=_tracks(sound, video),
        bit_rate=_whole(container.get("bit_rate")) or None,
        video=video is not None,
        video_codec=str((video or {}).get("codec_name", ""))[:50],
        stream_count=_whole(container.get("nb_streams")) or len(streams),
    )


def track_of(tracks: Sequence[AudioTrack], wanted: int | None) -> AudioTrack:
    """The track that is transcribed: the wanted one; else the first of those the file calls its default, or of all.

    What nobody can have recorded is passed over where there is another. Raises EngineError("no_track").
    """
    if wanted is not None:
        found = next((track for track in tracks if track.index == wanted), None)
        if found is None:
            raise EngineError("no_track")
        return found
    return min(tracks, key=lambda track: (not is_plausible(track), not track.default, track.index))


def is_plausible(track: AudioTrack) -> bool:
    """Whether somebody can have recorded it; zero is what a damaged header says."""
    return LEAST_RATE <= track.sample_rate <= MOST_RATE and 1 <= track.channels <= MOST_CHANNELS


def _is_video(stream: dict[str, Any]) -> bool:
    return stream.get("codec_type") == "video" and not stream.get("disposition", {}).get("attached_pic")


def _tracks(sound: list[dict[str, Any]], video: dict[str, Any] | None) -> tuple[AudioTrack, ...]:
    """A stream that does not say when it begins begins with the first."""
    starts = [_seconds(stream.get("start_time")) for stream in [*sound, *([video] if video else [])]]
    first = min((start for start in starts if start is not None), default=0.0)
    tracks = (_track(index, stream) for index, stream in enumerate(sound))
    return tuple(
        replace(track, start_seconds=start, offset_seconds=start - first)
        for track, start in zip(tracks, (first if start is None else start for start in starts), strict=False)
    )


def _track(index: int, stream: dict[str, Any]) -> AudioTrack:
    tags = stream.get("tags", {})
    return AudioTrack(
        index=index,
        codec=str(stream.get("codec_name", ""))[:50],
        sample_rate=_whole(stream.get("sample_rate")),
        channels=_whole(stream.get("channels")),
        language=str(tags.get("language", ""))[:20],
        title=str(tags.get("title", ""))[:200],
        default=bool(stream.get("disposition", {}).get("default")),
        bit_rate=_whole(stream.get("bit_rate")) or None,
        channel_layout=str(stream.get("channel_layout", ""))[:50],
        duration_seconds=_length(stream.get("duration")),
    )


def _whole(value: str | int | None) -> int:
    """0 for what is no number, or none that can be meant."""
    number = _number(value)
    return int(number) if number is not None and 0 <= number <= MOST_WHOLE else 0


def _length(value: str | None) -> float | None:
    seconds = _seconds(value)
    return seconds if seconds is not None and seconds > 0 else None


def _seconds(value: str | None) -> float | None:
    seconds = _number(value)
    return seconds if seconds is not None and abs(seconds) <= MOST_SECONDS else None


def _number(value: str | float | None) -> float | None:
    try:
        number = float(value if value is not None else "")
    except (ValueError, OverflowError, TypeError):
        return None
    return number if isfinite(number) else None
