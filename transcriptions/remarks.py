"""What a person should know about a recording that is taken all the same, from what was learned of its sound."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from transcriptions.models import Transcript

CUT_SHORT_SECONDS, CUT_SHORT_SHARE = 2.0, 0.01  # of the declared length; headers are off by less than that
TELEPHONE_RATE = 8_000  # Hz
RAISED_DB = 3.0  # less is not worth a sentence
CLIPPED_SHARE = 0.001

REMARKS = {
    "cut_short": _("The last %(seconds)s seconds that the file announces could not be read."),
    "damaged": _("Parts of the sound are damaged; words may be missing there."),
    "telephone": _("This is telephone sound, of 8 kHz: expect more errors."),
    "quiet": _("The sound is very quiet and was raised by %(decibels)s dB: expect more errors."),
    "overdriven": _("The sound is overdriven: expect more errors."),
    "several_tracks": _("The file has %(count)s audio tracks; this is the text of number %(number)s."),
}


@dataclass(frozen=True)
class Remark:
    """A stable code, and what to fill into its sentence."""

    code: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(REMARKS[self.code]) % self.values


def remarks(transcript: Transcript) -> list[Remark]:
    """Those that hold; what only the whole sound tells is known once it has been prepared."""
    return [*_of_header(transcript), *_of_sound(transcript)]


def _of_header(transcript: Transcript) -> Iterator[Remark]:
    tracks, chosen = transcript.media.tracks, transcript.track
    if len(tracks) > 1:
        yield Remark("several_tracks", {"count": len(tracks), "number": chosen.index + 1})
    if 0 < chosen.sample_rate <= TELEPHONE_RATE:
        yield Remark("telephone")


def _of_sound(transcript: Transcript) -> Iterator[Remark]:
    sound = transcript.sound
    if not sound:
        return
    missing = _announced(transcript) - sound["seconds"]
    if missing > max(CUT_SHORT_SECONDS, CUT_SHORT_SHARE * sound["seconds"]):
        yield Remark("cut_short", {"seconds": round(missing)})
    if sound["errors"]:
        yield Remark("damaged")
    if sound["raised_db"] >= RAISED_DB:
        yield Remark("quiet", {"decibels": round(sound["raised_db"])})
    if sound["clipped_share"] > CLIPPED_SHARE:
        yield Remark("overdriven")


def _announced(transcript: Transcript) -> float:
    """When the sound should end, in seconds of the recording; 0 where nothing says so: a film may outlast its sound."""
    media, track = transcript.media, transcript.track
    if track.duration_seconds:
        return track.offset_seconds + track.duration_seconds
    return 0.0 if media.video_codec else media.duration_seconds or 0.0
