"""What a person should know about a recording that is taken all the same, from what was learned of its sound."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from transcriptions.models import Media

CUT_SHORT_SECONDS, CUT_SHORT_SHARE = 2.0, 0.01  # of the declared length; headers are off by less than that
TELEPHONE_RATE = 8_000  # Hz
QUIET_DB = -45.0  # speech is recorded at some -25
CLIPPED_SHARE = 0.001

REMARKS = {
    "cut_short": _("The last %(seconds)s seconds that the file announces could not be read."),
    "damaged": _("Parts of the sound are damaged; words may be missing there."),
    "telephone": _("This is telephone sound, of 8 kHz: expect more errors."),
    "quiet": _("The sound is very quiet: expect more errors."),
    "overdriven": _("The sound is overdriven: expect more errors."),
    "several_tracks": _("The file has %(count)s audio tracks; this is the text of one of them."),
}


@dataclass(frozen=True)
class Remark:
    """A stable code, and what to fill into its sentence."""

    code: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(REMARKS[self.code]) % self.values


def remarks(media: Media) -> list[Remark]:
    """Those that hold; what only the whole sound tells is known once it has been prepared."""
    return [*_of_header(media), *_of_sound(media)]


def _of_header(media: Media) -> Iterator[Remark]:
    if len(media.audio_tracks) > 1:
        yield Remark("several_tracks", {"count": len(media.audio_tracks)})
    if any(0 < track["sample_rate"] <= TELEPHONE_RATE for track in media.audio_tracks[:1]):
        yield Remark("telephone")


def _of_sound(media: Media) -> Iterator[Remark]:
    sound = media.sound
    if not sound:
        return
    missing = (media.duration_seconds or 0.0) - sound["seconds"]
    if missing > max(CUT_SHORT_SECONDS, CUT_SHORT_SHARE * sound["seconds"]):
        yield Remark("cut_short", {"seconds": round(missing)})
    if sound["errors"]:
        yield Remark("damaged")
    if sound["loudness_db"] < QUIET_DB:
        yield Remark("quiet")
    if sound["clipped_share"] > CLIPPED_SHARE:
        yield Remark("overdriven")
