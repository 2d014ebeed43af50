"""What a browser plays by itself."""

import pytest

from transcriptions.engine.playable import is_playable

MOV = "mov,mp4,m4a,3gp,3g2,mj2"


@pytest.mark.parametrize(
    ("container", "audio", "video"),
    [
        (MOV, "aac", "h264"),
        (MOV, "aac", ""),
        (MOV, "", "h264"),
        (MOV, "opus", "av1"),
        ("matroska,webm", "opus", "vp9"),
        ("matroska,webm", "vorbis", ""),
        ("mp3", "mp3", ""),
        ("wav", "pcm_s16le", ""),
        ("ogg", "opus", ""),
        ("flac", "flac", ""),
        ("aac", "aac", ""),
    ],
)
def test_it_plays(container: str, audio: str, video: str) -> None:
    assert is_playable(container, audio, video)


@pytest.mark.parametrize(
    ("container", "audio", "video"),
    [
        ("asf", "wmav2", ""),
        ("amr", "amr_nb", ""),
        ("aiff", "pcm_s16be", ""),
        ("avi", "mp3", "mpeg4"),
        ("mpegts", "aac", "h264"),
        (MOV, "aac", "hevc"),
        (MOV, "amr_nb", "h263"),
        (MOV, "alac", ""),
        (MOV, "ac3", "h264"),
        ("matroska,webm", "aac", "h264"),
        ("ogg", "vorbis", "theora"),
        ("wav", "adpcm_ms", ""),
        ("", "", ""),
        (MOV, "", ""),
    ],
)
def test_it_does_not_play(container: str, audio: str, video: str) -> None:
    assert not is_playable(container, audio, video)
