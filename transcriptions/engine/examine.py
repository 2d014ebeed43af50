"""Whether a recording can work, by looks that cost little: its first bytes, its header, three short spots of its sound.

Each is cheaper than the next, and nothing is decoded of what the header refuses. The whole sound is heard in preparing.
"""

from dataclasses import replace
from pathlib import Path

from transcriptions.engine.errors import EngineError
from transcriptions.engine.ffmpeg import DecodeError, FFmpeg
from transcriptions.engine.magic import HEAD_BYTES, refuse_by_head
from transcriptions.engine.probe import is_plausible, probe, track_of
from transcriptions.engine.values import BYTES_PER_SECOND, AudioTrack, Probe

SPOT_SECONDS = 1.5
# Containers that can be read from the front to the end while they arrive, as ffprobe names them. Of the mov family it
# is those that have their index in front: ffprobe does not read the others before they are complete.
FROM_THE_FRONT = frozenset("wav w64 mp3 flac ogg matroska webm mpegts aac mov amr aiff asf".split())
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


def examine_beginning(ffmpeg: FFmpeg, path: Path, track: int | None = None) -> Probe | None:
    """What a recording is of which more is to come, where it can be heard from its front; None where it cannot, or not
    yet. How long it will be is not known. Raises nothing: that is for when it is complete."""
    try:
        found = probe(ffmpeg, path)
        heard = track_of(found.audio_tracks, track)
        if not FROM_THE_FRONT & set(found.container.split(",")) or not is_plausible(heard):
            return None
        spot = ffmpeg.spot(path, 0.0, SPOT_SECONDS, heard.index)
    except EngineError:
        return None
    return replace(found, duration_seconds=None, bit_rate=None) if spot else None


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
