"""What people are told about a recording that is taken all the same."""

from typing import Any

import pytest
from django.utils.translation import override

from transcriptions.models import Media, Transcript
from transcriptions.remarks import REMARKS, remarks

SOUND = {
    "seconds": 100.0,
    "loudness_db": -25.0,
    "peak_db": -3.0,
    "raised_db": 0.0,
    "clipped_share": 0.0,
    "silent_share": 0.1,
    "errors": [],
}
TRACK = {"index": 0, "codec": "mp3", "sample_rate": 44_100, "channels": 2}


def told(
    sound: dict[str, Any] | None = None, *, tracks: int = 1, rate: int = 44_100, declared: float = 100.0
) -> list[str]:
    return [remark.code for remark in remarks(transcript(sound, tracks=tracks, rate=rate, declared=declared))]


def transcript(
    sound: dict[str, Any] | None = None, *, tracks: int = 1, rate: int = 44_100, declared: float = 100.0
) -> Transcript:
    media = Media(
        duration_seconds=declared,
        audio_tracks=[{**TRACK, "index": index, "sample_rate": rate} for index in range(tracks)],
    )
    return Transcript(media=media, options={}, sound={} if sound is None else {**SOUND, **sound})


def test_a_good_recording_needs_no_remark() -> None:
    assert told({}) == []
    assert told() == []


@pytest.mark.parametrize(
    ("sound", "code"),
    [
        ({"seconds": 88.0}, "cut_short"),
        ({"errors": [3.5]}, "damaged"),
        ({"raised_db": 18.2}, "quiet"),
        ({"clipped_share": 0.05}, "overdriven"),
    ],
)
def test_what_the_sound_tells_is_remarked(sound: dict[str, Any], code: str) -> None:
    assert told(sound) == [code]


def test_what_the_header_tells_is_remarked_before_the_sound_is_known() -> None:
    assert told(rate=8_000) == ["telephone"]
    assert told(tracks=2) == ["several_tracks"]


def test_every_remark_is_a_sentence_in_both_languages() -> None:
    values = {"seconds": 12, "count": 2, "number": 1, "decibels": 18}
    for text in REMARKS.values():
        with override("en"):
            english = str(text) % values
        with override("pt-br"):
            assert str(text) % values != english
        assert english.endswith(".")


def test_the_missing_seconds_are_told() -> None:
    assert str(remarks(transcript({"seconds": 88.2}))[0]) == (
        "The last 12 seconds that the file announces could not be read."
    )


def test_a_film_may_outlast_its_sound() -> None:
    film = transcript({"seconds": 88.2})
    film.media.video_codec = "h264"
    assert remarks(film) == []
    film.media.audio_tracks[0] |= {"offset_seconds": 2.0, "duration_seconds": 98.0}
    assert [remark.code for remark in remarks(film)] == ["cut_short"]
    film.media.audio_tracks[0] |= {"duration_seconds": 86.5}
    assert remarks(film) == []


def test_it_is_told_which_track_was_transcribed() -> None:
    several = transcript(tracks=3)
    several.options = {"track": 2}
    assert str(remarks(several)[0]) == "The file has 3 audio tracks; this is the text of number 3."
