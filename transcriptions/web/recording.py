"""What is known of a recording, in words: its file, its audio tracks, its sound."""

from collections.abc import Iterator

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from transcriptions.engine.loudness import SILENT_DB
from transcriptions.engine.values import AudioTrack
from transcriptions.models import Media, Transcript
from transcriptions.web.durations import clock

LATE_SECONDS = 0.1  # a sound that begins so much after the picture is worth a word
MOST_PLACES = 10  # of damage that are named
CONTAINERS = {"mov,mp4,m4a,3gp,3g2,mj2": "mp4", "matroska,webm": "mkv, webm"}  # ffprobe's names for several


def facts(transcript: Transcript) -> list[tuple[str, str]]:
    """Names and values, those that are known."""
    return [*_of_file(transcript.media), *_of_track(transcript.track), *_of_sound(transcript)]


def tracks(transcript: Transcript) -> list[tuple[int, str]]:
    """Number and name of every audio track but the one that was transcribed."""
    chosen = transcript.track.index
    return [(track.index, named(track)) for track in transcript.media.tracks if track.index != chosen]


def named(track: AudioTrack) -> str:
    """ "2: por, Commentary"."""
    said = ", ".join(filter(None, (track.language, track.title))) or track.codec
    return f"{track.index + 1}: {said}"


def _of_file(media: Media) -> Iterator[tuple[str, str]]:
    yield _("File"), f"{CONTAINERS.get(media.container, media.container)}, {filesizeformat(media.size_bytes)}"
    if media.duration_seconds:
        yield _("Length by its header"), clock(media.duration_seconds)
    if media.bit_rate:
        yield _("Bit rate"), _kilobits(media.bit_rate)
    if media.video_codec:
        yield _("Video"), media.video_codec


def _of_track(track: AudioTrack) -> Iterator[tuple[str, str]]:
    channels = track.channel_layout or ngettext("%(count)d channel", "%(count)d channels", track.channels) % {
        "count": track.channels
    }
    said = [track.codec, f"{number_format(track.sample_rate)} Hz", channels]
    if track.bit_rate:
        said.append(_kilobits(track.bit_rate))
    yield _("Audio track"), f"{named(track)} ({', '.join(filter(None, said))})"
    if track.offset_seconds >= LATE_SECONDS:
        yield _("The sound begins at"), f"{number_format(track.offset_seconds, 1)} s"


def _of_sound(transcript: Transcript) -> Iterator[tuple[str, str]]:
    sound = transcript.sound
    if not sound:
        return
    yield _("Length that could be read"), clock(sound["seconds"])
    if sound["loudness_db"] > SILENT_DB:
        yield _("Loudness"), f"{number_format(sound['loudness_db'], 1)} dB"
    if sound.get("raised_db"):
        yield _("Raised by"), f"{number_format(sound['raised_db'], 1)} dB"
    yield _("Without speech"), f"{sound['silent_share']:.0%}"
    if sound["clipped_share"]:
        yield _("Overdriven"), f"{number_format(100 * sound['clipped_share'], 2)}%"
    if sound["errors"]:
        places = [clock(seconds) for seconds in sound["errors"]]
        yield _("Damaged at about"), ", ".join(places[:MOST_PLACES]) + (" …" if len(places) > MOST_PLACES else "")


def _kilobits(bits: int) -> str:
    return f"{number_format(round(bits / 1000))} kbit/s"
