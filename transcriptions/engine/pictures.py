"""Makes files people look at: a form of a recording that browsers play, a video with its subtitles drawn into it, and
one that brings them along.

Does not decide who needs one (see playable) nor which encoders work (see hardware). Hardware only encodes; decoding,
scaling and drawing are done by the processor.
"""

import os
import re
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ffmpeg as graph

from transcriptions.engine import child
from transcriptions.engine.allowed import DECODERS, DEMUXERS, PICTURE_DECODERS
from transcriptions.engine.child import TooSlow
from transcriptions.engine.cores import usable_cores
from transcriptions.engine.encoders import Encoder, brought, command, output_options
from transcriptions.engine.errors import EngineError
from transcriptions.engine.hardware import drivers, why
from transcriptions.engine.language_codes import iso_639_2

STALL_SECONDS = 120.0
SUBTITLE_SECONDS = 60.0
MEMORY_BYTES = 4 * 1024**3  # of address space, for software: large pictures in several threads
# At most 720 lines, upright videos 720 columns, wide ones 1280; square pixels, even sizes. Never enlarged.
SCALE = "min(1,min(720/min(iw*sar,ih),1280/max(iw*sar,ih)))"
PROXY_SIZE = {"w": f"max(2,trunc(iw*sar*{SCALE}/2)*2)", "h": f"max(2,trunc(ih*{SCALE}/2)*2)"}
EVEN_SIZE = {"w": "max(2,trunc(iw/2)*2)", "h": "max(2,trunc(ih/2)*2)"}
SUBTITLE_KINDS = {".srt": "srt", ".ass": "ass", ".ssa": "ass"}
DRAWN = "subtitles.ass"
SPOKEN_BRACE = re.compile(r"\{(?!\\)")  # ass takes what stands in braces for commands and draws nothing of it
STEP = re.compile(r"out_time_us=(\d+)")

Progress = Callable[[float], None]  # seconds of the recording that are done


class PictureError(EngineError):
    """It could not be made: "no_encoder", "no_subtitles" (this ffmpeg cannot draw them), "bad_subtitles", "too_slow",
    "too_large_a_result" or "not_encoded"; `detail` is what ffmpeg said."""


@dataclass(frozen=True)
class Limits:
    """seconds: wall time for everything, both encoders together. output_bytes: of the file that is made."""

    seconds: float = 6 * 3600.0
    output_bytes: int = 8 * 1024**3


@dataclass(frozen=True)
class Made:
    """encoder: of the picture, by ffmpeg's name; "" for sound alone. gave_up: the hardware that was tried first and
    why it did not come to the end; "" where nothing went wrong."""

    encoder: str
    size_bytes: int
    gave_up: str = ""


def proxy(
    program: str,
    source: Path,
    target: Path,
    *,
    video: bool,
    encoders: Sequence[Encoder],
    scratch: Path,
    track: int | None = 0,
    limits: Limits = Limits(),
    progress: Progress | None = None,
) -> Made:
    """An mp4 (h264, aac, at most 720 lines) of a video, or an m4a (aac) of a sound; its index stands at the front.

    video: false for sound, cover picture or not. track: which audio track, None for all; a video may have none.
    encoders: the first is tried first, the others take over with the whole file when it fails. scratch: a folder on the
    target's file system; what a kill leaves lies there. Raises PictureError, and RuntimeError when ffmpeg was killed.
    """
    opened = _opened(source)
    chosen = "a" if track is None else f"a:{track}"

    def sound() -> Any:
        return graph.output(opened[chosen], _OUT, format="ipod", **_SOUND)

    def picture(encoder: Encoder) -> Any:
        scaled = opened["V:0"].filter("scale", **PROXY_SIZE).filter("setsar", "1")
        return _video(scaled, opened[f"{chosen}?"], encoder)

    with _Work(program, target, scratch, limits, progress) as work:
        return work.first_that_works(encoders, picture) if video else work.alone(sound())


def burn(
    program: str,
    source: Path,
    subtitles: Path,
    target: Path,
    *,
    encoders: Sequence[Encoder],
    scratch: Path,
    track: int = 0,
    fonts: Path | None = None,
    limits: Limits = Limits(),
    progress: Progress | None = None,
) -> Made:
    """An mp4 of the video in its own size, with the subtitles of an srt or ass file in UTF-8 drawn into the picture.

    fonts: a folder of fonts, besides those fontconfig knows. The rest, and what is raised, as for `proxy`.
    """
    opened = _opened(source)
    options = {"filename": DRAWN, **({"fontsdir": str(fonts.absolute())} if fonts else {})}

    def picture(encoder: Encoder) -> Any:
        drawn = opened["V:0"].filter("scale", **EVEN_SIZE).filter("ass", **options)
        return _video(drawn, opened[f"a:{track}?"], encoder)

    with _Work(program, target, scratch, limits, progress) as work:
        work.bring_subtitles(subtitles)
        return work.first_that_works(encoders, picture)


def enclose(
    program: str,
    source: Path,
    subtitles: Path,
    target: Path,
    *,
    form: str,
    language: str,
    scratch: Path,
    limits: Limits = Limits(),
    progress: Progress | None = None,
) -> Made:
    """The video as it is, with the subtitles of an srt file beside it, to be turned on and off. Nothing is encoded.

    form: "mp4", "mov" or "matroska", which takes what the others do not. language: of the subtitles, as Whisper names
    it. Of the recording go along the picture and all sound. The rest, and what is raised, as for `proxy`.
    """
    opened = _opened(source)
    text = graph.input(f"file:{subtitles.absolute()}", format="srt", protocol_whitelist="file")
    options = {
        "c": "copy",
        "c:s": "copy" if form == "matroska" else "mov_text",
        "metadata:s:s:0": f"language={iso_639_2(language)}",
        "disposition:s:0": "default",
        "movflags": "+faststart",
        "map_metadata": -1,
        "map_chapters": -1,
        "progress": "pipe:1",
        "nostats": None,
        "format": form,
    }
    with _Work(program, target, scratch, limits, progress) as work:
        return work.alone(graph.output(opened["V"], opened["a?"], text["s?"], _OUT, **options))


_OUT = "file:made"  # in the folder the program runs in
_SOUND = {
    "c:a": "aac",
    "b:a": "128k",
    "ac": 2,
    "movflags": "+faststart",
    "map_metadata": -1,
    "map_chapters": -1,
    "progress": "pipe:1",
    "nostats": None,
}


def _opened(source: Path) -> Any:
    return graph.input(
        f"file:{source.absolute()}",
        protocol_whitelist="file",
        format_whitelist=DEMUXERS,
        codec_whitelist=f"{DECODERS},{PICTURE_DECODERS}",
        threads=usable_cores(),
    )


def _video(picture: Any, sound: Any, encoder: Encoder) -> Any:
    options = {**_SOUND, **output_options(encoder), "threads": usable_cores(), "format": "mp4"}
    return graph.output(brought(picture, encoder), sound, _OUT, **options)


class _Work:
    """One target: a folder of its own while it is made, one deadline, and the name only for what is complete."""

    def __init__(self, program: str, target: Path, scratch: Path, limits: Limits, progress: Progress | None) -> None:
        self._program, self._target, self._limits, self._progress = program, target, limits, progress
        self._end = time.monotonic() + limits.seconds
        scratch.mkdir(parents=True, exist_ok=True)
        self._temporary = tempfile.TemporaryDirectory(dir=scratch, prefix="picture-")
        self._folder = Path(self._temporary.name)

    def __enter__(self) -> "_Work":
        return self

    def __exit__(self, *exception: object) -> None:
        self._temporary.cleanup()

    def bring_subtitles(self, subtitles: Path) -> None:
        """Read by the reader its name asks for and no other, and written anew under a name without special characters:
        the filter itself would open whatever the content claims to be, playlists too. Raises PictureError."""
        kind = SUBTITLE_KINDS.get(subtitles.suffix.lower())
        if not kind:
            raise PictureError("bad_subtitles", f"neither srt nor ass: {subtitles.suffix}")
        given = subtitles.absolute()
        if kind == "srt":
            given = self._folder / "given.srt"
            with subtitles.open(encoding="utf-8", errors="replace") as lines, given.open("w", encoding="utf-8") as new:
                new.writelines(SPOKEN_BRACE.sub(r"\\{", line) for line in lines)
        read = graph.input(f"file:{given}", format=kind, protocol_whitelist="file")
        output = read.output(f"file:{DRAWN}", format="ass")
        try:
            ended = self._run(command(self._program, output), {}, SUBTITLE_SECONDS, MEMORY_BYTES)
        except TooSlow as error:
            raise PictureError("too_slow", str(error)) from None
        if ended.status:
            raise PictureError("bad_subtitles", why(ended))

    def first_that_works(self, encoders: Sequence[Encoder], output: Callable[[Encoder], Any]) -> Made:
        if not encoders:
            raise PictureError("no_encoder")
        gave_up: list[str] = []
        for encoder in encoders:
            last = encoder is encoders[-1]
            try:
                made = self._make(command(self._program, output(encoder), encoder), encoder, last=last)
                return replace(made, gave_up="; ".join(gave_up))
            except _GaveUp as error:
                gave_up.append(f"{encoder.name}: {error}")
        raise PictureError("not_encoded", gave_up[-1])

    def alone(self, output: Any) -> Made:
        try:
            return self._make(command(self._program, output), None, last=True)
        except _GaveUp as error:
            raise PictureError("not_encoded", str(error)) from None

    def _make(self, arguments: list[str], encoder: Encoder | None, *, last: bool) -> Made:
        """Raises _GaveUp where another encoder may do better, PictureError and RuntimeError where none will."""
        hardware = encoder is not None and encoder.hardware
        made = self._folder / "made"
        made.unlink(missing_ok=True)
        try:  # CUDA reserves more address space than there is memory: no limit for drivers
            ended = self._run(
                arguments, drivers() if hardware else {}, STALL_SECONDS, None if hardware else MEMORY_BYTES
            )
        except TooSlow as error:
            if last or time.monotonic() >= self._end:
                raise PictureError("too_slow", str(error)) from None
            raise _GaveUp(str(error)) from None
        if ended.status == -signal.SIGXFSZ:
            raise PictureError("too_large_a_result", f"more than {self._limits.output_bytes} bytes")
        if "No such filter: 'ass'" in ended.said:
            raise PictureError("no_subtitles", why(ended))
        if ended.status < 0 and last:
            raise RuntimeError(f"ffmpeg was ended by signal {-ended.status}")
        if ended.status:
            raise _GaveUp(why(ended))
        return Made(encoder.name if encoder else "", self._name(made))

    def _run(
        self, arguments: list[str], environment: dict[str, str], stall_seconds: float, memory_bytes: int | None
    ) -> child.Ended:
        left = max(0.0, self._end - time.monotonic())
        limits = child.Limits(left, stall_seconds, self._limits.output_bytes, memory_bytes)
        return child.run(arguments, limits, self._step(), folder=self._folder, environment=environment)

    def _step(self) -> Callable[[str], bool]:
        """Hears ffmpeg's progress: a step forward is a later time of the recording."""
        done = 0

        def heard(line: str) -> bool:
            nonlocal done
            found = STEP.fullmatch(line)
            if not found or int(found[1]) <= done:
                return False
            done = int(found[1])
            if self._progress:
                self._progress(done / 1_000_000)
            return True

        return heard

    def _name(self, made: Path) -> int:
        """Give the complete file the target's name; its size in bytes."""
        with made.open("rb") as opened:
            os.fsync(opened.fileno())
            size = os.fstat(opened.fileno()).st_size
        self._target.parent.mkdir(parents=True, exist_ok=True)
        made.replace(self._target)
        return size


class _GaveUp(Exception):  # noqa: N818 - the next encoder's turn
    """This encoder did not come to the end; the text says why."""
