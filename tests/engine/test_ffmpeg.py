"""Reading media: what is good is read, what is bad is refused with a code, nothing reaches beyond the file."""

import http.server
import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tests import speech
from transcriptions import configuration
from transcriptions.engine import ffmpeg
from transcriptions.engine.errors import EngineError
from transcriptions.engine.ffmpeg import DecodeError
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
    stream.close()  # type: ignore[attr-defined]
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
    monkeypatch.setattr(ffmpeg, "LOG_BYTES", 10)
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
