"""Small good media files, made on the fly: the same bytes from the same ffmpeg. Damages nothing."""

import random
from pathlib import Path

from tests import speech

TEXT = "Please bring the report."  # two seconds: the smaller a file, the more of it are headers
PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10", "-c:v", "mpeg4", "-shortest")
SAME = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact")  # no dates, no random serial numbers

# By name; the ending decides the container.
RECIPES: dict[str, tuple[str, ...]] = {
    "pcm.wav": (),
    "float.wav": ("-c:a", "pcm_f32le"),
    "adpcm.wav": ("-c:a", "adpcm_ima_wav"),
    "tagged.mp3": ("-b:a", "48k", "-metadata", "title=A title", "-metadata", "artist=Somebody"),
    "moov-at-end.m4a": ("-b:a", "48k"),
    "moov-in-front.m4a": ("-b:a", "48k", "-movflags", "+faststart"),
    "fragments.mp4": ("-b:a", "48k", "-movflags", "+frag_keyframe+empty_moov", "-frag_duration", "500000"),
    "picture.mov": (*PICTURE, "-b:a", "48k"),
    "opus.ogg": ("-c:a", "libopus", "-b:a", "24k"),
    "flac.ogg": ("-c:a", "flac"),
    "plain.flac": (),
    "opus.webm": ("-c:a", "libopus", "-b:a", "24k"),
    "picture.mkv": (*PICTURE, "-c:a", "aac", "-b:a", "48k"),
    "broadcast.ts": ("-c:a", "aac", "-b:a", "48k"),
    "picture.avi": (*PICTURE, "-c:a", "libmp3lame", "-b:a", "48k"),
    "plain.wma": ("-b:a", "48k"),
    "raw.aac": ("-b:a", "48k"),
    "plain.caf": (),
    "plain.au": (),
    "plain.aiff": (),
    "plain.w64": (),
    "plain.wv": (),
}
AMR = "noise.amr"  # ffmpeg reads it and does not write it
AMR_HEADER, AMR_FRAME, AMR_PAYLOAD, AMR_FRAMES = b"#!AMR\n", b"\x3c", 31, 100  # 12.2 kbit/s, 20 ms a frame


def make(folder: Path, names: tuple[str, ...] = (*RECIPES, AMR)) -> dict[str, bytes]:
    """The content of each by its name; `folder` is where ffmpeg may write. Raises CalledProcessError."""
    spoken = speech.write_wav(folder / "spoken.wav", speech.speak(TEXT))
    return {name: _amr() if name == AMR else _converted(spoken, folder / name) for name in names}


def _converted(spoken: Path, target: Path) -> bytes:
    file = speech.convert(spoken, target, *RECIPES[target.name], *SAME)
    content = file.read_bytes()
    file.unlink()
    return content


def _amr() -> bytes:
    """A well-formed file whose sound is noise."""
    rng = random.Random(0)  # noqa: S311 - noise
    return AMR_HEADER + b"".join(AMR_FRAME + rng.randbytes(AMR_PAYLOAD) for _ in range(AMR_FRAMES))
