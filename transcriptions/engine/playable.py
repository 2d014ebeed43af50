"""What browsers play by themselves, by the names ffprobe gives. Looks at no file.

Only what Chrome, Firefox and Safari all play in their current versions. HEVC, AC-3 and ALAC are left out: each plays in
one of them or on some machines. A pixel format is not asked for, so h264 with 10 bits passes here and plays in few.
"""

MP4_SOUND = frozenset({"aac", "mp3", "opus", "flac"})
MP4_PICTURE = frozenset({"h264", "vp9", "av1"})
WEBM_SOUND = frozenset({"opus", "vorbis"})
WEBM_PICTURE = frozenset({"vp8", "vp9", "av1"})
NO_PICTURE: frozenset[str] = frozenset()

# By each name that may stand in ffprobe's format_name: the codecs of sound, and of pictures.
CONTAINERS = {
    "mp4": (MP4_SOUND, MP4_PICTURE),  # "mov,mp4,m4a,3gp,3g2,mj2"
    "webm": (WEBM_SOUND, WEBM_PICTURE),  # "matroska,webm"; with these codecs a Matroska file is as good
    "mp3": (frozenset({"mp3"}), NO_PICTURE),
    "aac": (frozenset({"aac"}), NO_PICTURE),
    "ogg": (frozenset({"opus", "vorbis", "flac"}), NO_PICTURE),
    "flac": (frozenset({"flac"}), NO_PICTURE),
    "wav": (frozenset({"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"}), NO_PICTURE),
}


def is_playable(container: str, audio_codec: str, video_codec: str = "") -> bool:
    """container: ffprobe's format_name, with its commas. A codec is "" where there is none; a cover is no video."""
    sounds, pictures = next(
        (CONTAINERS[name] for name in container.split(",") if name in CONTAINERS), (NO_PICTURE, NO_PICTURE)
    )
    plays = (not audio_codec or audio_codec in sounds) and (not video_codec or video_codec in pictures)
    return plays and bool(audio_codec or video_codec)
