"""Whether a recording can work, by looks that cost little: its first bytes, its header, three short spots of its sound.

Each is cheaper than the next, and nothing is decoded of what the header refuses. The whole sound is heard in preparing.
"""

from pathlib import Path

from transcriptions.engine.errors import EngineError
from transcriptions.engine.ffmpeg import DecodeError, FFmpeg
from transcriptions.engine.magic import HEAD_BYTES, refuse_by_head
from transcriptions.engine.probe import is_plausible, probe, track_of
from transcriptions.engine.values import BYTES_PER_SECOND, AudioTrack, Probe

SPOT_SECONDS = 1.5
LEAST_SHARE = 0.05  # of a spot that must be heard somewhere in a recording that is longer than one


def examine(ffmpeg: FFmpeg, path: Path, track: int | None = None) -> Probe:
    """track: the one to listen to, see probe.track_of. Raises EngineError with the code of the sentence: NoRecording,
    DecodeError, NoAudioError, "no_track"."""
    with path.open("rb") as file:
        refuse_by_head(file.read(HEAD_BYTES))
    found = probe(ffmpeg, path)
    if not any(is_plausible(track) for track in found.audio_tracks):
        raise EngineError("unreadable", "no plausible audio track")
    _listen(ffmpeg, path, found.duration_seconds, track_of(found.audio_tracks, track))
    return found


def _listen(ffmpeg: FFmpeg, path: Path, duration: float | None, track: AudioTrack) -> None:
    """At the start, and where there is nothing, in the middle and at the end: headers lie, and files break off."""
    longest = 0.0
    for place in _places(duration):
        try:
            longest = max(longest, len(ffmpeg.spot(path, place, SPOT_SECONDS, track.index)) / BYTES_PER_SECOND)
        except DecodeError:
            return  # it took too long, which may be the machine's fault: the full decoding has its own limits
        if longest >= SPOT_SECONDS * LEAST_SHARE:
            return
    if longest == 0 or (duration or 0.0) > SPOT_SECONDS:
        raise DecodeError("unreadable", f"{longest:.3f} s of sound in its spots")


def _places(duration: float | None) -> list[float]:
    if duration is None or duration <= 2 * SPOT_SECONDS:
        return [0.0]
    return [0.0, duration / 2, duration - SPOT_SECONDS]
