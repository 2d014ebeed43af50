"""The one module that runs ffmpeg and ffprobe.

Every call gets an argument list, only local files, only the demuxers of media that people record, no standard input,
an empty environment and limits. It does not decide what a file is worth: see probe.
"""

import json
import os
import resource
import select
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import ffmpeg as graph

from transcriptions.engine.errors import EngineError
from transcriptions.engine.values import BYTES_PER_SECOND, SAMPLE_RATE

# Containers people record in. Not here: playlists (hls, concat, dash), pictures, subtitles, devices, network formats.
DEMUXERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,dv,eac3,flac,flv,g722,gsm,matroska,mov,mp3,mp4,mpc,mpc8,mpeg,mpegts,"
    "mpegvideo,mxf,ogg,rm,tta,voc,w64,wav,webm,wv"
)
# Named one by one: a file may carry megabytes of other tags.
PROBED = (
    "format=format_name,duration:stream=codec_type,codec_name,sample_rate,channels,duration"
    ":stream_tags=language,title:stream_disposition=default"
)
PROBE_SECONDS = 15
SPOT_SECONDS = 5  # to decode a second or two
STALL_SECONDS = 120  # decoding gave not one byte for so long
MEMORY_BYTES = 2 * 1024**3
LOG_BYTES = 1024**2  # what it may write to any file, its own stderr included
CHUNK_BYTES = SAMPLE_RATE * 2  # one second


class DecodeError(EngineError):
    """ffmpeg or ffprobe could not read the file; `detail` is the end of what it said."""


@dataclass(frozen=True)
class FFmpeg:
    """The two programs, by path."""

    ffmpeg: str
    ffprobe: str

    def probe(self, path: Path) -> dict[str, Any]:
        """ffprobe's JSON for a local file. Raises DecodeError("not_media")."""
        command = [self.ffprobe, "-v", "error", "-of", "json", "-show_entries", PROBED]
        command += ["-protocol_whitelist", "file", "-format_whitelist", DEMUXERS, f"file:{path}"]
        with tempfile.TemporaryFile() as said, _process(command, said) as process:
            try:
                output, _ = process.communicate(timeout=PROBE_SECONDS)
            except subprocess.TimeoutExpired:
                raise DecodeError("not_media", f"no answer in {PROBE_SECONDS} s") from None
            if process.returncode:
                raise DecodeError("not_media", _tail(said))
        answer: dict[str, Any] = json.loads(output)
        return answer

    def pcm(self, path: Path, track: int = 0, on_error: Callable[[float], object] | None = None) -> Iterator[bytes]:
        """The sound of an audio track as 16 kHz mono s16le, about a second at a time, never all of it.

        on_error: told where, in seconds, each time that ffmpeg complained before the next second was there.
        A file that breaks off gives what could be read. Raises DecodeError("unreadable") when that is nothing, and
        RuntimeError when ffmpeg was killed: the file may be longer than what was heard.
        """
        command = self._decode(path, track)
        heard = complaints = 0
        with tempfile.TemporaryFile() as said, _process(command, said) as process:
            while chunk := _read(process, CHUNK_BYTES):
                if on_error and _size(said) > complaints:
                    complaints = _size(said)
                    on_error(heard / BYTES_PER_SECOND)
                heard += len(chunk)
                yield chunk
            status = process.wait(STALL_SECONDS)
            if status < 0:
                raise RuntimeError(f"ffmpeg was ended by signal {-status}")
            if not heard:
                raise DecodeError("unreadable", _tail(said))

    def spot(self, path: Path, at: float, seconds: float, track: int = 0) -> bytes:
        """What can be decoded from `at` on, in seconds, as in `pcm`: of a damaged file less, or nothing.

        Raises DecodeError("unreadable") when it takes too long.
        """
        command = self._decode(path, track, ss=f"{at:.3f}", t=f"{seconds:.3f}")
        with tempfile.TemporaryFile() as said, _process(command, said) as process:
            try:
                heard, _ = process.communicate(timeout=SPOT_SECONDS)
            except subprocess.TimeoutExpired:
                raise DecodeError("unreadable", f"no sound in {SPOT_SECONDS} s") from None
        return heard

    def _decode(self, path: Path, track: int, **stretch: str) -> list[str]:
        """The command that writes a track's sound; `ss` and `t` of a stretch stand before the file: it is sought."""
        given = graph.input(f"file:{path}", protocol_whitelist="file", format_whitelist=DEMUXERS, **stretch)
        stream = given.output(
            "pipe:1", map=f"0:a:{track}", format="s16le", ac=1, ar=SAMPLE_RATE, vn=None, sn=None, dn=None, threads=1
        )
        command: list[str] = graph.compile(stream.global_args("-nostdin", "-loglevel", "error"), cmd=self.ffmpeg)
        return command


class _process:  # noqa: N801 - used as a function
    """A child with limits that is gone when the block ends, however it ends."""

    def __init__(self, command: list[str], said: IO[bytes]) -> None:
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            bufsize=0,
            env={},
            cwd="/",
            restore_signals=False,  # SIGXFSZ stays ignored: a log at its limit is cut, not its writer killed
        )

    def __enter__(self) -> subprocess.Popen[bytes]:
        if hasattr(resource, "prlimit"):  # Linux
            limits = {resource.RLIMIT_AS: MEMORY_BYTES, resource.RLIMIT_FSIZE: LOG_BYTES, resource.RLIMIT_CORE: 0}
            for limit, value in limits.items():
                resource.prlimit(self._child.pid, limit, (value, value))
        return self._child

    def __exit__(self, *exception: object) -> None:
        self._child.kill()
        if self._child.stdout:
            self._child.stdout.close()
        self._child.wait()


def _read(process: subprocess.Popen[bytes], size: int) -> bytes:
    """As many bytes as asked for, fewer only at the end. Raises DecodeError when nothing comes for too long."""
    piece = bytearray()
    while process.stdout and len(piece) < size:
        if not select.select([process.stdout], [], [], STALL_SECONDS)[0]:
            raise DecodeError("unreadable", f"no sound in {STALL_SECONDS} s")
        more = process.stdout.read(size - len(piece))
        if not more:
            break
        piece += more
    return bytes(piece)


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _tail(said: IO[bytes], size: int = 2000) -> str:
    said.seek(max(0, said.seek(0, 2) - size))
    return said.read().decode(errors="replace").strip()
