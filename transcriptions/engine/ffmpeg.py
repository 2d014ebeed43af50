"""The one module that runs ffmpeg and ffprobe.

Every call gets an argument list, only local files, only the containers and decoders of media that people record, and a
locked room. It does not decide what a file is worth: see probe.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ffmpeg as graph

from transcriptions.engine.allowed import DECODERS, DEMUXERS, PICTURE_DECODERS
from transcriptions.engine.errors import EngineError
from transcriptions.engine.room import Feed, Limits, Room, walls
from transcriptions.engine.values import BYTES_PER_SECOND, SAMPLE_RATE

# Named one by one: a file may carry megabytes of other tags.
PROBED = (
    "format=format_name,duration,bit_rate,nb_streams"
    ":stream=codec_type,codec_name,sample_rate,channels,channel_layout,bit_rate,start_time,duration"
    ":stream_tags=language,title:stream_disposition=default,attached_pic"
)
PROBE_SECONDS = 15  # by the clock and of the processor
PROBE_BYTES = 4 * 1024**2  # a thousand streams take half of one; titles are written by whoever made the file
SPOT_SECONDS = 2  # by the clock and of the processor
STALL_SECONDS = 120  # decoding gave not one byte for so long
ALLOWED_SECONDS = 24 * 3600.0
DECODING_SECONDS = 60  # of the processor, for a recording of any length, and
DECODING_SHARE = 0.25  # of its length: the slowest codec in use takes about a tenth on an old machine
MOST_ERRORS = 1000
CHUNK_BYTES = BYTES_PER_SECOND
HASH_BYTES = 1024
NOT_LISTED = "not on whitelist"


class DecodeError(EngineError):
    """ffmpeg or ffprobe could not read the file; `detail` is the end of what it said."""


@dataclass
class Damage:
    """What ffmpeg complained of while it decoded.

    times: seconds of sound given when a complaint was seen, one a chunk at most and no more than MOST_ERRORS. ffmpeg
    runs ahead of its reader, so the place may lie a few seconds later. lines: all of them, until its log was full.
    """

    times: list[float] = field(default_factory=list)
    lines: int = 0
    said: str = ""

    def add(self, lines: list[str], seconds: float) -> None:
        complaints = [line for line in lines if NOT_LISTED not in line]  # of pictures, which are not decoded
        self.lines += len(complaints)
        if complaints and len(self.times) < MOST_ERRORS:
            self.times.append(seconds)


class Sound(Iterator[bytes]):
    """Chunks of 16 kHz mono s16le, to be read once; `damage` fills in meanwhile."""

    def __init__(self, chunks: Iterator[bytes], damage: Damage) -> None:
        self._chunks = chunks
        self.damage = damage

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """Stop ffmpeg. So does forgetting the object."""
        self._chunks.close()  # type: ignore[attr-defined]

    @property
    def errors(self) -> list[float]:
        """About when, in seconds, something could not be decoded."""
        return self.damage.times


@dataclass(frozen=True)
class FFmpeg:
    """The two programs, by path."""

    ffmpeg: str
    ffprobe: str

    @property
    def without_network(self) -> bool:
        """Whether this host lets the programs run in a network namespace of their own."""
        return bool(walls().network)

    def probe(self, path: Path) -> dict[str, Any]:
        """ffprobe's JSON for a local file. Raises DecodeError("not_media")."""
        return self._probed(path, ["-show_entries", PROBED])

    def _probed(self, path: Path, asked: list[str]) -> dict[str, Any]:
        command = [self.ffprobe, "-v", "error", "-of", "json", *asked]
        command += ["-protocol_whitelist", "file", "-format_whitelist", DEMUXERS]
        command += ["-codec_whitelist:a", DECODERS, "-codec_whitelist:v", PICTURE_DECODERS, f"file:{path}"]
        with Room(command, Limits(PROBE_SECONDS, PROBE_SECONDS, PROBE_SECONDS)) as room:
            try:
                output = room.read(PROBE_BYTES)
                if len(output) == PROBE_BYTES:
                    raise DecodeError("not_media", f"a header of more than {PROBE_BYTES} bytes")
                status = room.wait()
            except TimeoutError as error:
                raise DecodeError("not_media", str(error)) from None
            if status:
                raise DecodeError("not_media", _tail(room))
        answer: dict[str, Any] = json.loads(output)
        return answer

    def pcm(self, source: Path | Feed, track: int = 0, *, allowed_seconds: float = ALLOWED_SECONDS) -> Sound:
        """The sound of an audio track as 16 kHz mono s16le, about a second at a time, never all of it.

        source: a file, or what gives the bytes of one from its front as they arrive; what that raises is raised here.
        A file that breaks off gives what could be read; `damage` says where something was wrong. allowed_seconds: how
        long a recording may be; its decoding may use the processor in proportion. Raises DecodeError("unreadable")
        when there is no sound or that was used up, and RuntimeError when ffmpeg was killed: the file may be longer
        than what was heard.
        """
        damage = Damage()
        limits = Limits(int(DECODING_SECONDS + DECODING_SHARE * allowed_seconds), STALL_SECONDS)
        feed, place = (None, f"file:{source}") if isinstance(source, Path) else (source, "pipe:0")
        return Sound(_decoded(self._decoding(place, track), limits, damage, feed), damage)

    def setup(self, path: Path, track: int = 0) -> str:
        """What a track's decoder is set up with, gain for one, as a hash in ffprobe's form; "" where it has nothing.

        Raises DecodeError("not_media").
        """
        asked = ["-show_data_hash", "sha256", "-select_streams", f"a:{track}", "-show_entries", "stream=extradata_hash"]
        (found,) = self._probed(path, asked)["streams"] or [{}]
        return str(found.get("extradata_hash", ""))

    def packets(self, path: Path, track: int = 0) -> str:
        """sha256 of an audio track as it is stored, in hexadecimal digits: the same in any container and with any tags.

        "" where it cannot be read. Nothing is decoded.
        """
        given = {"protocol_whitelist": "file", "format_whitelist": DEMUXERS, "codec_whitelist": DECODERS}
        stream = graph.input(f"file:{path}", **given).output(
            "pipe:1", map=f"0:a:{track}", c="copy", format="hash", hash="sha256"
        )
        command = graph.compile(stream.global_args("-nostdin", "-loglevel", "error"), cmd=self.ffmpeg)
        with Room(command, Limits(DECODING_SECONDS, STALL_SECONDS)) as room:
            try:
                said = room.read(HASH_BYTES)
                status = room.wait()
            except TimeoutError:
                return ""
        found = re.fullmatch(rb"SHA256=([0-9a-f]{64})\n", said)
        return found[1].decode() if found and not status else ""

    def spot(
        self, path: Path, at_seconds: float, seconds: float, track: int = 0, *, within: int = SPOT_SECONDS
    ) -> bytes:
        """A short stretch of an audio track as 16 kHz mono s16le; less, or nothing, where it cannot be read.

        Raises DecodeError("unreadable") when it takes longer than `within` seconds.
        """
        command = self._decoding(f"file:{path}", track, ss=f"{max(0.0, at_seconds):.3f}", t=f"{seconds:.3f}")
        size = int(seconds * SAMPLE_RATE) * 2
        with Room(command, Limits(within, within, within)) as room:
            try:
                sound = room.read(size)
                if len(sound) < size:
                    room.wait()
            except TimeoutError as error:
                raise DecodeError("unreadable", str(error)) from None
        return sound[: len(sound) // 2 * 2]

    def _decoding(self, source: str, track: int, **place: str) -> list[str]:
        whitelists = {"protocol": source.partition(":")[0], "format": DEMUXERS, "codec": DECODERS}
        given = {f"{name}_whitelist": names for name, names in whitelists.items()}
        stream = graph.input(source, **place, **given).output(
            "pipe:1", map=f"0:a:{track}", format="s16le", ac=1, ar=SAMPLE_RATE, vn=None, sn=None, dn=None, threads=1
        )
        # "repeat": a complaint that comes again is written again, when it comes
        command: list[str] = graph.compile(stream.global_args("-nostdin", "-loglevel", "repeat+error"), cmd=self.ffmpeg)
        return command


def _decoded(command: list[str], limits: Limits, damage: Damage, feed: Feed | None) -> Iterator[bytes]:
    heard = 0
    with Room(command, limits, feed) as room:
        try:
            while chunk := room.read(CHUNK_BYTES):
                heard += len(chunk)
                damage.add(room.news(), heard / BYTES_PER_SECOND)
                yield chunk
            status = room.wait()
        except TimeoutError as error:
            raise DecodeError("unreadable", str(error)) from None
        finally:
            damage.add(room.news(), heard / BYTES_PER_SECOND)
            damage.said = _tail(room)
        if status < 0:
            raise RuntimeError(f"ffmpeg was ended by signal {-status}")
        if not heard:
            raise DecodeError("unreadable", damage.said)


def _tail(room: Room, size: int = 2000) -> str:
    """The end of what it said, without the names it repeats of what is allowed."""
    return re.sub(rf"{NOT_LISTED} '[^'\n]*'?", NOT_LISTED, room.said(10 * size))[-size:]
