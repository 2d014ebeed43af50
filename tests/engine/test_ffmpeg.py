"""Reading media: what is good is read, what is bad is refused with a code, nothing reaches beyond the file."""

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
import wave
from array import array
from pathlib import Path

import pytest

from tests import speech
from transcriptions import configuration
from transcriptions.engine import ffmpeg, room
from transcriptions.engine.allowed import DECODERS
from transcriptions.engine.errors import EngineError
from transcriptions.engine.ffmpeg import DecodeError, FFmpeg
from transcriptions.engine.probe import NoAudioError, probe
from transcriptions.engine.values import BYTES_PER_SECOND

FFMPEG = configuration.ffmpeg()


@pytest.mark.parametrize("ending", ["mp3", "m4a", "ogg", "opus", "flac", "webm", "mkv", "mp4", "aac", "wma"])
def test_it_reads_what_people_record(ending: str, spoken: Path, tmp_path: Path) -> None:
    arguments = ["-c:a", "libopus"] if ending in {"webm", "ogg"} else []
    file = speech.convert(spoken, tmp_path / f"a.{ending}", *arguments)
    found = probe(FFMPEG, file)
    seconds = sum(map(len, FFMPEG.pcm(file))) / BYTES_PER_SECOND
    assert len(found.audio_tracks) == 1
    assert seconds == pytest.approx(sum(map(len, FFMPEG.pcm(spoken))) / BYTES_PER_SECOND, abs=0.2)
    if ending != "aac":  # a raw stream only guesses
        assert found.duration_seconds == pytest.approx(seconds, abs=0.2)


def test_a_file_name_is_never_an_address_or_an_option(spoken: Path, tmp_path: Path) -> None:
    for name in ("-i", "concat:a|b.wav", "http:", "%03d.wav", "a b'\"$(x).wav", "日本語.wav"):
        file = tmp_path / name
        file.write_bytes(spoken.read_bytes())
        assert probe(FFMPEG, file).audio_tracks
        assert next(FFMPEG.pcm(file))


def test_text_is_not_media(tmp_path: Path) -> None:
    file = tmp_path / "a.mp3"
    file.write_text("This is a letter.\n" * 100)
    with pytest.raises(DecodeError) as caught:
        probe(FFMPEG, file)
    assert caught.value.code == "not_media"


def test_a_video_without_sound_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mute.mp4"
    command = ["-f", "lavfi", "-i", "color=size=64x64:duration=1"]
    subprocess.run([FFMPEG.ffmpeg, "-nostdin", "-v", "error", *command, str(file)], check=True)
    with pytest.raises(NoAudioError) as caught:
        probe(FFMPEG, file)
    assert caught.value.code == "no_audio"


def test_a_truncated_file_is_read_as_far_as_it_goes(spoken: Path, tmp_path: Path) -> None:
    whole = speech.convert(spoken, tmp_path / "whole.mp3")
    half = tmp_path / "half.mp3"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    seconds = sum(map(len, FFMPEG.pcm(half))) / BYTES_PER_SECOND
    assert 1 < seconds < sum(map(len, FFMPEG.pcm(whole))) / BYTES_PER_SECOND


def test_damage_without_a_sound_is_an_error(spoken: Path, tmp_path: Path) -> None:
    whole = speech.convert(spoken, tmp_path / "whole.m4a", "-movflags", "faststart")
    broken = tmp_path / "broken.m4a"
    content = bytearray(whole.read_bytes())
    start = content.index(b"mdat") + 4
    content[start:] = bytes(len(content) - start)
    broken.write_bytes(content)
    with pytest.raises(EngineError):
        b"".join(FFMPEG.pcm(broken))


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{target}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '{target}'\n",
}


@pytest.mark.parametrize("kind", PLAYLISTS)
@pytest.mark.parametrize("ending", ["m3u8", "mp3", "wav", "mp4"])
def test_a_playlist_opens_neither_file_nor_address(kind: str, ending: str, spoken: Path, tmp_path: Path) -> None:
    asked: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        for target in (str(spoken), f"http://127.0.0.1:{server.server_port}/a.ts"):
            file = tmp_path / f"list.{ending}"
            file.write_text(PLAYLISTS[kind].format(target=target))
            with pytest.raises(DecodeError):
                probe(FFMPEG, file)
            with pytest.raises(DecodeError):
                b"".join(FFMPEG.pcm(file))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert asked == []


def test_a_reader_that_stops_leaves_no_process(long_spoken: Path) -> None:
    stream = FFMPEG.pcm(long_spoken)
    next(stream)
    stream.close()
    listed = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(long_spoken) not in listed


def test_a_killed_ffmpeg_is_not_the_end_of_the_recording(long_spoken: Path) -> None:
    stream = FFMPEG.pcm(long_spoken)
    next(stream)
    listed = subprocess.run(["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    (pid,) = (int(line.split()[0]) for line in listed.splitlines() if str(long_spoken) in line)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(RuntimeError, match="signal 9"):
        b"".join(stream)


def test_a_log_at_its_limit_does_not_end_the_decoding(
    spoken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = speech.convert(spoken, tmp_path / "whole.mp3", "-b:a", "64k")
    content = bytearray(whole.read_bytes())
    content[2000:6000:40] = bytes(len(content[2000:6000:40]))
    damaged = tmp_path / "damaged.mp3"
    damaged.write_bytes(content)
    complete = sum(map(len, FFMPEG.pcm(damaged)))
    monkeypatch.setattr(room, "LOG_BYTES", 10)
    assert sum(map(len, FFMPEG.pcm(damaged))) == complete > 3 * BYTES_PER_SECOND


def test_an_ffmpeg_that_gives_nothing_is_given_up(
    tmp_path: Path, spoken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = tmp_path / "ffmpeg"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n")
    sleeper.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "STALL_SECONDS", 0.2)
    with pytest.raises(DecodeError):
        b"".join(ffmpeg.FFmpeg(str(sleeper), FFMPEG.ffprobe).pcm(spoken))


def test_what_else_a_file_says_of_itself_is_not_read(spoken: Path, tmp_path: Path) -> None:
    chatty = speech.convert(spoken, tmp_path / "chatty.mp3", "-metadata", f"comment={'x' * 50_000}")
    assert len(str(FFMPEG.probe(chatty))) < 1000


def _listed_less(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    kept = ",".join(name for name in DECODERS.split(",") if name not in names)
    monkeypatch.setattr(ffmpeg, "DECODERS", kept)


def test_a_decoder_that_is_not_listed_is_refused(spoken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = speech.convert(spoken, tmp_path / "a.flac")
    assert next(FFMPEG.pcm(file))
    _listed_less(monkeypatch, "flac")
    with pytest.raises(DecodeError) as caught:
        probe(FFMPEG, file)
    assert caught.value.detail.startswith("[flac @")
    assert len(caught.value.detail) < 500  # and does not list all that would have been
    with pytest.raises(DecodeError, match="not on whitelist"):
        b"".join(FFMPEG.pcm(file))
    assert FFMPEG.spot(file, 1, 1) == b""


def test_a_film_is_read_though_its_decoder_is_not_for_ffmpeg(spoken: Path, tmp_path: Path) -> None:
    picture = ("-f", "lavfi", "-i", "testsrc=size=64x64:duration=3", "-c:v", "mpeg4")
    film = speech.convert(spoken, tmp_path / "film.mp4", *picture)
    sound = FFMPEG.pcm(film)
    assert sum(map(len, sound)) > 3 * BYTES_PER_SECOND
    assert (sound.errors, sound.damage.lines) == ([], 0)


@pytest.mark.parametrize("ending", ["mp3", "m4a", "flac", "ogg", "mkv", "aac"])
def test_a_spot_is_found_in_the_middle_of_a_long_file(ending: str, spoken: Path, tmp_path: Path) -> None:
    """Ten minutes of silence, five seconds of speech, and ten minutes of silence again."""
    middle = speech.write_wav(tmp_path / "middle.wav", speech.silence(600) + _samples(spoken) + speech.silence(600))
    file = speech.convert(
        middle, tmp_path / f"long.{ending}", "-ac", "1", "-ar", "8000" if ending == "ogg" else "32000"
    )
    started = time.monotonic()
    heard = FFMPEG.spot(file, 600, 4)
    assert time.monotonic() - started < 1.5
    assert len(heard) == 4 * BYTES_PER_SECOND
    assert max(array("h", heard)) > 3000
    assert max(array("h", FFMPEG.spot(file, 300, 4))) < 100


def test_a_spot_past_the_end_is_nothing(spoken: Path) -> None:
    assert FFMPEG.spot(spoken, 100, 3) == b""
    assert len(FFMPEG.spot(spoken, -5, 1)) == BYTES_PER_SECOND


def test_a_spot_of_what_is_no_media_is_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.mp3"
    file.write_bytes(os.urandom(20_000))
    FFMPEG.spot(file, 0, 3)
    file.write_text("This is a letter.\n" * 100)
    assert FFMPEG.spot(file, 0, 3) == b""
    assert FFMPEG.spot(tmp_path / "none.mp3", 0, 3) == b""


def test_a_spot_that_takes_too_long_is_an_error(tmp_path: Path, spoken: Path) -> None:
    sleeper = _program(tmp_path, "exec sleep 60")
    started = time.monotonic()
    with pytest.raises(DecodeError, match="within"):
        FFmpeg(sleeper, FFMPEG.ffprobe).spot(spoken, 0, 1)
    assert time.monotonic() - started < ffmpeg.SPOT_SECONDS + 1


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are Linux's")
def test_a_decoding_that_uses_up_the_processor_is_an_error(
    tmp_path: Path, spoken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ffmpeg, "DECODING_SECONDS", 1)
    busy = _program(tmp_path, "while :; do :; done")
    with pytest.raises(DecodeError, match="used up 1 s"):
        b"".join(FFmpeg(busy, FFMPEG.ffprobe).pcm(spoken, allowed_seconds=0))


def test_sound_that_is_whole_has_no_errors(spoken: Path) -> None:
    sound = FFMPEG.pcm(spoken)
    assert b"".join(sound)
    assert (sound.errors, sound.damage.lines, sound.damage.said) == ([], 0, "")


def test_it_says_about_when_something_was_damaged(spoken: Path, tmp_path: Path) -> None:
    minute = speech.write_wav(tmp_path / "minute.wav", _samples(spoken) * 24)
    content = bytearray(speech.convert(minute, tmp_path / "minute.mp3", "-b:a", "32k").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000 : 7] = bytes(len(content[middle : middle + 3000 : 7]))
    damaged = tmp_path / "damaged.mp3"
    damaged.write_bytes(content)
    sound = FFMPEG.pcm(damaged)
    seconds = sum(map(len, sound)) / BYTES_PER_SECOND
    assert sound.damage.lines >= len(sound.errors) >= 1
    assert sound.damage.said
    assert all(seconds / 2 - 15 < place < seconds / 2 + 15 for place in sound.errors)


def test_the_errors_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    damage = ffmpeg.Damage()
    for second in range(ffmpeg.MOST_ERRORS + 10):
        damage.add(["bad", "worse"], second)
    assert len(damage.times) == ffmpeg.MOST_ERRORS
    assert damage.lines == 2 * (ffmpeg.MOST_ERRORS + 10)


def test_forgetting_the_sound_ends_ffmpeg(long_spoken: Path) -> None:
    sound = FFMPEG.pcm(long_spoken)
    next(sound)
    del sound
    listed = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(long_spoken) not in listed


def _program(folder: Path, line: str) -> str:
    program = folder / "program"
    program.write_text(f"#!/bin/sh\n{line}\n")
    program.chmod(0o755)
    return str(program)


def _samples(file: Path) -> bytes:
    with wave.open(str(file)) as opened:
        samples: bytes = opened.readframes(opened.getnframes())
        return samples


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.flac", "a.ogg", "a.webm", "a.mkv", "a.ts", "a.aac", "a.mp4"])
def test_bytes_that_come_little_by_little_have_the_sound_of_the_file(spoken: Path, tmp_path: Path, name: str) -> None:
    front = ["-movflags", "faststart"] if name.endswith("mp4") else []
    file = speech.convert(spoken, tmp_path / name, *front)
    content = file.read_bytes()
    parts: list[bytes | None] = [content[:4000], None, content[4000:], None, b""]
    whole = b"".join(configuration.ffmpeg().pcm(file))
    fed = b"".join(configuration.ffmpeg().pcm(lambda: parts.pop(0)))
    assert fed.startswith(whole[:-16_000])
    assert abs(len(fed) - len(whole)) < 3200
    assert parts == []


def test_a_feed_that_fails_ends_the_decoding() -> None:
    def feed() -> bytes | None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        next(configuration.ffmpeg().pcm(feed))
