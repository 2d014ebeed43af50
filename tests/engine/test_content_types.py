"""A recording's content type, by its container and codecs."""

import pytest

from transcriptions.engine.allowed import DEMUXERS
from transcriptions.engine.content_types import TYPES, UNKNOWN, content_type

MP4 = "mov,mp4,m4a,3gp,3g2,mj2"


@pytest.mark.parametrize(
    ("container", "audio", "video", "expected"),
    [
        (MP4, "aac", "", "audio/mp4"),
        (MP4, "aac", "h264", "video/mp4"),
        ("mp3", "mp3", "", "audio/mpeg"),
        ("wav", "pcm_s16le", "", "audio/wav"),
        ("ogg", "opus", "", "audio/ogg"),
        ("matroska,webm", "opus", "", "audio/webm"),
        ("matroska,webm", "opus", "vp9", "video/webm"),
        ("matroska,webm", "aac", "h264", "video/x-matroska"),
        ("mpegts", "mp2", "mpeg2video", "video/mp2t"),
        ("caf", "alac", "", UNKNOWN),
        ("html", "", "", UNKNOWN),
        ("", "", "", UNKNOWN),
    ],
)
def test_it_follows_from_what_is_in_the_file(container: str, audio: str, video: str, expected: str) -> None:
    assert content_type(container, audio, video) == expected


def test_only_sound_and_pictures_can_come_of_it() -> None:
    assert {kind.partition("/")[0] for kinds in TYPES.values() for kind in kinds} == {"audio", "video"}
    assert set(TYPES) <= set(DEMUXERS.split(","))
