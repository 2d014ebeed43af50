"""A recording's content type, by the names ffprobe gives: never by what its sender calls it. Looks at no file."""

from transcriptions.engine.playable import is_playable

UNKNOWN = "application/octet-stream"
# By each name that may stand in ffprobe's format_name: of sound alone, of sound with pictures.
TYPES = {
    "mp4": ("audio/mp4", "video/mp4"),  # QuickTime's own files have the same name, and play as this
    "matroska": ("audio/x-matroska", "video/x-matroska"),
    "mp3": ("audio/mpeg", "audio/mpeg"),
    "aac": ("audio/aac", "audio/aac"),
    "ogg": ("audio/ogg", "video/ogg"),
    "flac": ("audio/flac", "audio/flac"),
    "wav": ("audio/wav", "audio/wav"),
    "aiff": ("audio/aiff", "audio/aiff"),
    "amr": ("audio/amr", "audio/amr"),
    "ac3": ("audio/ac3", "audio/ac3"),
    "eac3": ("audio/eac3", "audio/eac3"),
    "asf": ("audio/x-ms-wma", "video/x-ms-wmv"),
    "avi": ("video/x-msvideo", "video/x-msvideo"),
    "flv": ("video/x-flv", "video/x-flv"),
    "mpeg": ("video/mpeg", "video/mpeg"),
    "mpegts": ("video/mp2t", "video/mp2t"),
}
WEBM = ("audio/webm", "video/webm")


def content_type(container: str, audio_codec: str, video_codec: str = "") -> str:
    """container: ffprobe's format_name, with its commas. video_codec: "" where there are no pictures."""
    names = container.split(",")
    types = next((TYPES[name] for name in names if name in TYPES), (UNKNOWN, UNKNOWN))
    if "webm" in names and is_playable("webm", audio_codec, video_codec):
        types = WEBM
    return types[bool(video_codec)]
