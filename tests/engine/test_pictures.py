"""Pictures: browsers play them, hardware comes first and never costs the result, nothing half-made gets a name."""

import shlex
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.engine.fake_ffmpeg import calls, fake
from tests.environment import not_run
from transcriptions import configuration
from transcriptions.engine import pictures
from transcriptions.engine.encoders import HARDWARE, SOFTWARE, Encoder
from transcriptions.engine.hardware import look
from transcriptions.engine.language_codes import CODES, iso_639_2
from transcriptions.engine.options import LANGUAGES
from transcriptions.engine.pictures import Limits, Made, PictureError, burn, enclose, proxy
from transcriptions.engine.playable import is_playable

REAL = configuration.ffmpeg()
X264 = SOFTWARE[0]
NVENC, VAAPI = (next(e for e in HARDWARE if e.name == name) for name in ("h264_nvenc", "h264_vaapi"))
SRT = "1\n00:00:00,000 --> 00:00:02,000\nGood morning, {everybody}: it's 100 %\n\n"


def ffmpeg(*arguments: str) -> None:
    subprocess.run([REAL.ffmpeg, "-nostdin", "-v", "error", "-y", *arguments], check=True)


@pytest.fixture(scope="module")
def avi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds no browser plays: mpeg4 and mp3, 1440 x 1080, black."""
    file = tmp_path_factory.mktemp("pictures") / "old film's [1], 100%.avi"
    picture = ["-f", "lavfi", "-i", "color=black:size=1440x1080:rate=10:duration=4"]
    sound = ["-f", "lavfi", "-i", "sine=duration=4"]
    ffmpeg(*picture, *sound, "-c:v", "mpeg4", "-c:a", "libmp3lame", "-metadata", "comment=private", f"file:{file}")
    return file


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "stored" / "made.mp4"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / "scratch"


def shown(file: Path) -> dict[str, Any]:
    return REAL.probe(file)


def codecs(file: Path) -> list[str]:
    return [stream["codec_name"] for stream in shown(file)["streams"]]


def size(file: Path) -> str:
    command = [REAL.ffprobe, "-v", "error", "-select_streams", "v:0", "-of", "csv=p=0"]
    shape = ["-show_entries", "stream=width,height,pix_fmt,sample_aspect_ratio"]
    return subprocess.run([*command, *shape, str(file)], check=True, capture_output=True, text=True).stdout.strip()


def index_is_in_front(file: Path) -> bool:
    content = file.read_bytes()
    return 0 < content.index(b"moov") < content.index(b"mdat")


def plays(file: Path, video: str) -> bool:
    return is_playable(shown(file)["format"]["format_name"], "aac", video) and index_is_in_front(file)


def make(program: str, source: Path, target: Path, scratch: Path, *encoders: Encoder, **options: Any) -> Made:
    return proxy(program, source, target, **{"video": True, "encoders": encoders, "scratch": scratch, **options})


# --- With the real ffmpeg, in software -------------------------------------------------------------------------------
def test_a_video_no_browser_plays_becomes_one_it_plays(avi: Path, target: Path, scratch: Path) -> None:
    seconds: list[float] = []
    made = make(REAL.ffmpeg, avi, target, scratch, X264, progress=seconds.append)
    assert codecs(target) == ["h264", "aac"]
    assert plays(target, "h264")
    assert size(target) == "960,720,1:1,yuv420p"
    assert float(shown(target)["format"]["duration"]) == pytest.approx(4, abs=0.3)
    assert made == Made("libx264", target.stat().st_size)
    assert seconds == sorted(seconds)
    assert seconds[-1] == pytest.approx(4, abs=0.5)
    assert b"private" not in target.read_bytes()
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "shape", "expected"),
    [
        ("640x360", "1", "640,360,1:1"),
        ("1920x1080", "1", "1280,720,1:1"),
        ("1080x1920", "1", "720,1280,1:1"),
        ("2000x500", "1", "1280,320,1:1"),
        ("321x241", "1", "320,240,1:1"),
        ("720x576", "16/11", "1046,576,1:1"),
    ],
)
def test_a_picture_is_made_smaller_never_larger(
    given: str, shape: str, expected: str, tmp_path: Path, target: Path, scratch: Path
) -> None:
    source = tmp_path / "a.mkv"
    picture = f"color=size={given}:rate=5:duration=1,setsar={shape}"
    ffmpeg("-f", "lavfi", "-i", picture, "-c:v", "mpeg4", str(source))
    make(REAL.ffmpeg, source, target, scratch, X264)
    assert size(target) == f"{expected},yuv420p"
    assert codecs(target) == ["h264"]  # it had no sound


@pytest.mark.parametrize("ending", ["wma", "aiff", "mka"])
def test_a_sound_no_browser_plays_becomes_one_it_plays(
    ending: str, spoken: Path, tmp_path: Path, target: Path, scratch: Path
) -> None:
    source = tmp_path / f"a.{ending}"
    ffmpeg("-i", str(spoken), *(["-c:a", "ac3"] if ending == "mka" else []), str(source))
    made = proxy(REAL.ffmpeg, source, target, video=False, encoders=(), scratch=scratch)
    assert codecs(target) == ["aac"]
    assert plays(target, "")
    assert made == Made("", target.stat().st_size)


def test_a_cover_is_not_a_video(spoken: Path, tmp_path: Path, target: Path, scratch: Path) -> None:
    cover, source = tmp_path / "cover.jpg", tmp_path / "a.mp3"
    ffmpeg("-f", "lavfi", "-i", "color=size=64x64", "-frames:v", "1", "-c:v", "mjpeg", str(cover))
    ffmpeg(
        "-i",
        str(spoken),
        "-i",
        str(cover),
        "-map",
        "0",
        "-map",
        "1",
        "-c:v",
        "copy",
        "-disposition:v",
        "attached_pic",
        str(source),
    )
    proxy(REAL.ffmpeg, source, target, video=False, encoders=(X264,), scratch=scratch)
    assert codecs(target) == ["aac"]


def test_another_track_can_be_chosen(spoken: Path, silent: Path, tmp_path: Path, target: Path, scratch: Path) -> None:
    source = tmp_path / "a.mka"
    ffmpeg("-i", str(spoken), "-i", str(silent), "-map", "0", "-map", "1", str(source))
    proxy(REAL.ffmpeg, source, target, video=False, encoders=(), scratch=scratch, track=1)
    assert float(shown(target)["format"]["duration"]) == pytest.approx(8, abs=0.2)


def test_what_is_no_recording_is_an_error_and_leaves_nothing(tmp_path: Path, target: Path, scratch: Path) -> None:
    source = tmp_path / "a.avi"
    source.write_text("This is a letter.\n" * 100)
    for options in ({"video": True}, {"video": False}):
        with pytest.raises(PictureError) as caught:
            make(REAL.ffmpeg, source, target, scratch, X264, **options)
        assert caught.value.code == "not_encoded"
        assert "/" not in caught.value.detail
    assert not target.exists()
    assert list(scratch.iterdir()) == []


def test_a_playlist_is_not_opened(avi: Path, tmp_path: Path, target: Path, scratch: Path) -> None:
    source = tmp_path / "a.avi"
    source.write_text(f"ffconcat version 1.0\nfile '{avi}'\n")
    with pytest.raises(PictureError):
        make(REAL.ffmpeg, source, target, scratch, X264)


def test_a_result_beyond_the_limit_is_given_up(avi: Path, target: Path, scratch: Path) -> None:
    with pytest.raises(PictureError) as caught:
        make(REAL.ffmpeg, avi, target, scratch, X264, limits=Limits(output_bytes=5000))
    assert caught.value.code == "too_large_a_result"
    assert not target.exists()


def test_a_job_beyond_its_time_is_given_up(avi: Path, target: Path, scratch: Path) -> None:
    with pytest.raises(PictureError) as caught:
        make(REAL.ffmpeg, avi, target, scratch, X264, limits=Limits(seconds=0.05))
    assert caught.value.code == "too_slow"
    assert list(scratch.iterdir()) == []


def test_software_takes_over_from_hardware_that_is_not_there(avi: Path, target: Path, scratch: Path) -> None:
    made = make(REAL.ffmpeg, avi, target, scratch, NVENC, X264)
    assert made.encoder == "libx264"
    assert made.gave_up.startswith("h264_nvenc: ")
    assert plays(target, "h264")


def test_software_takes_over_with_the_whole_file(avi: Path, tmp_path: Path, target: Path, scratch: Path) -> None:
    fails = "echo out_time_us=2000000; echo half > made; echo '[enc @ 0x1] The device was lost' >&2; exit 1"
    program = fake(tmp_path, h264_nvenc=fails, otherwise=f'exec {shlex.quote(REAL.ffmpeg)} "$@"')
    made = make(program, avi, target, scratch, NVENC, X264)
    assert (made.encoder, made.gave_up) == ("libx264", "h264_nvenc: The device was lost")
    assert plays(target, "h264")
    assert float(shown(target)["format"]["duration"]) == pytest.approx(4, abs=0.3)


# --- With one that fails on demand -----------------------------------------------------------------------------------
def test_hardware_comes_first(tmp_path: Path, avi: Path, target: Path, scratch: Path) -> None:
    program = fake(tmp_path)
    assert make(program, avi, target, scratch, VAAPI, X264).encoder == "h264_vaapi"
    (call,) = calls(program)
    assert "format=nv12" in call
    assert "hwupload" in call
    assert "-vaapi_device" in call


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("exec sleep 30", "no answer in 0.5 s"),
        ("while :; do echo out_time_us=5; sleep 0.1; done", "no answer in 0.5 s"),
        ("kill -SEGV $$", "ffmpeg ended with status -11"),
        ("kill -KILL $$", "ffmpeg ended with status -9"),
    ],
)
def test_hardware_that_hangs_or_crashes_gives_way(
    line: str, reason: str, tmp_path: Path, avi: Path, target: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "STALL_SECONDS", 0.5)
    made = make(fake(tmp_path, h264_nvenc=line), avi, target, scratch, NVENC, X264)
    assert (made.encoder, made.gave_up) == ("libx264", f"h264_nvenc: {reason}")


def test_both_encoders_share_one_deadline(tmp_path: Path, avi: Path, target: Path, scratch: Path) -> None:
    program = fake(tmp_path, h264_nvenc="exec sleep 30")
    with pytest.raises(PictureError) as caught:
        make(program, avi, target, scratch, NVENC, X264, limits=Limits(seconds=0.5))
    assert caught.value.code == "too_slow"
    assert len(calls(program)) == 1


def test_software_that_hangs_is_too_slow(
    tmp_path: Path, avi: Path, target: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "STALL_SECONDS", 0.5)
    with pytest.raises(PictureError) as caught:
        make(fake(tmp_path, libx264="exec sleep 30"), avi, target, scratch, X264)
    assert caught.value.code == "too_slow"


def test_a_killed_ffmpeg_is_not_the_files_fault(tmp_path: Path, avi: Path, target: Path, scratch: Path) -> None:
    with pytest.raises(RuntimeError, match="signal 9"):
        make(fake(tmp_path, libx264="kill -KILL $$"), avi, target, scratch, X264)
    assert not target.exists()


def test_without_any_encoder_it_is_told(tmp_path: Path, avi: Path, target: Path, scratch: Path) -> None:
    with pytest.raises(PictureError) as caught:
        make(fake(tmp_path), avi, target, scratch)
    assert caught.value.code == "no_encoder"


def test_what_was_there_stays_until_the_new_one_is_complete(
    tmp_path: Path, avi: Path, target: Path, scratch: Path
) -> None:
    target.parent.mkdir()
    target.write_text("old")
    with pytest.raises(PictureError):
        make(fake(tmp_path, libx264="echo half > made; exit 1"), avi, target, scratch, X264)
    assert target.read_text() == "old"
    make(fake(tmp_path), avi, target, scratch, X264)
    assert target.read_text().startswith("made by")
    assert [file.name for file in target.parent.iterdir()] == ["made.mp4"]


def test_threads_follow_the_cores(
    tmp_path: Path, avi: Path, target: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "usable_cores", lambda: 3)
    program = fake(tmp_path)
    make(program, avi, target, scratch, X264)
    assert calls(program)[0].count("-threads 3") == 2  # reading and writing


# --- Subtitles -------------------------------------------------------------------------------------------------------
@pytest.fixture
def subtitles(tmp_path: Path) -> Path:
    file = tmp_path / "it's [a], b:c.srt"
    file.write_text(SRT)
    return file


@pytest.fixture(scope="module")
def drawing() -> str:
    """An ffmpeg that draws subtitles: ours, or another of this machine."""
    for program in filter(None, (REAL.ffmpeg, shutil.which("ffmpeg"))):
        if look(program, ()).burns:
            return program
    not_run("no ffmpeg of this machine draws subtitles (libass)")
    raise AssertionError


def brightest(file: Path, second: float) -> int:
    """Of the frame at that second, 0 to 255."""
    one = ["-ss", str(second), "-i", str(file), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"]
    return max(subprocess.run([REAL.ffmpeg, "-nostdin", "-v", "error", *one], check=True, capture_output=True).stdout)


@pytest.mark.parametrize("kind", ["srt", "ass"])
def test_subtitles_stand_in_the_picture_while_they_are_said(
    kind: str, drawing: str, avi: Path, subtitles: Path, tmp_path: Path, target: Path, scratch: Path
) -> None:
    if kind == "ass":
        written = tmp_path / "a.ass"
        ffmpeg("-i", f"file:{subtitles}", str(written))
        subtitles = written
    made = burn(drawing, avi, subtitles, target, encoders=(NVENC, X264), scratch=scratch)
    assert made.encoder == "libx264"
    assert codecs(target) == ["h264", "aac"]
    assert plays(target, "h264")
    assert size(target).startswith("1440,1080,")
    assert brightest(target, 1) > 200
    assert brightest(target, 3) < 30


def test_an_ffmpeg_that_cannot_draw_is_told(avi: Path, subtitles: Path, target: Path, scratch: Path) -> None:
    if look(REAL.ffmpeg, ()).burns:
        pytest.skip("this one can")
    with pytest.raises(PictureError) as caught:
        burn(REAL.ffmpeg, avi, subtitles, target, encoders=(X264,), scratch=scratch)
    assert caught.value.code == "no_subtitles"
    assert not target.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.srt", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{secret}\n#EXT-X-ENDLIST\n"),
        ("a.ass", "ffconcat version 1.0\nfile '{secret}'\n"),
    ],
)
def test_subtitles_that_are_a_playlist_open_nothing(
    name: str, content: str, avi: Path, subtitles: Path, tmp_path: Path, target: Path, scratch: Path
) -> None:
    """Read as what their name says, in which there is nothing to draw."""
    file = tmp_path / "given" / name
    file.parent.mkdir()
    file.write_text(content.format(secret=subtitles))
    program = fake(
        tmp_path / "fake",
        libx264=f"cp subtitles.ass {tmp_path}/seen; echo > made",
        otherwise=f'exec {shlex.quote(REAL.ffmpeg)} "$@"',
    )
    with suppress(PictureError):
        burn(program, avi, file, target, encoders=(X264,), scratch=scratch)
    seen = tmp_path / "seen"
    assert "Good morning" not in (seen.read_text() if seen.exists() else "")
    assert str(subtitles) not in "".join(calls(program))


def test_braces_are_text(avi: Path, subtitles: Path, tmp_path: Path, target: Path, scratch: Path) -> None:
    program = fake(
        tmp_path / "fake",
        libx264=f"cp subtitles.ass {tmp_path}/seen; echo > made",
        otherwise=f'exec {shlex.quote(REAL.ffmpeg)} "$@"',
    )
    burn(program, avi, subtitles, target, encoders=(X264,), scratch=scratch)
    assert "Good morning, \\{everybody}: it's 100 %" in (tmp_path / "seen").read_text()


def test_other_kinds_of_subtitles_are_refused(avi: Path, tmp_path: Path, target: Path, scratch: Path) -> None:
    file = tmp_path / "a.m3u8"
    file.write_text("#EXTM3U\n")
    with pytest.raises(PictureError) as caught:
        burn(REAL.ffmpeg, avi, file, target, encoders=(X264,), scratch=scratch)
    assert caught.value.code == "bad_subtitles"


def test_a_burning_hardware_gives_way_too(
    avi: Path, subtitles: Path, tmp_path: Path, target: Path, scratch: Path
) -> None:
    program = fake(tmp_path / "fake", h264_nvenc="exit 1")
    made = burn(program, avi, subtitles, target, encoders=(NVENC, X264), scratch=scratch, fonts=tmp_path)
    assert (made.encoder, made.gave_up) == ("libx264", "h264_nvenc: ffmpeg ended with status 1")
    read, _, call = calls(program)
    assert "-f srt" in read
    assert "ass=filename=subtitles.ass" in call
    assert "fontsdir=" in call


# --- Subtitles beside the picture ------------------------------------------------------------------------------------
SPOKEN_SRT = """1
00:00:00,500 --> 00:00:01,500
Não há café, 会議 صباح 🎉

2
00:00:02,000 --> 00:00:03,000
One
two

"""


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By their endings: four seconds with two audio tracks, and a title nobody asked for."""
    folder = tmp_path_factory.mktemp("films")
    picture = ["-f", "lavfi", "-i", "color=black:size=160x120:rate=10:duration=4"]
    sound = [
        "-f",
        "lavfi",
        "-i",
        "sine=duration=4",
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "1",
        "-metadata",
        "title=private",
    ]
    made = {"mp4": ("libx264", "aac"), "mov": ("libx264", "pcm_s16le")}
    made |= {"webm": ("libvpx", "libopus"), "avi": ("mpeg4", "libmp3lame")}
    for ending, (picture_codec, sound_codec) in made.items():
        ffmpeg(*picture, *sound, "-c:v", picture_codec, "-c:a", sound_codec, f"file:{folder / 'a'}.{ending}")
    return {ending: folder / f"a.{ending}" for ending in made}


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "text.srt"
    file.write_text(SPOKEN_SRT)
    return file


def packets(file: Path) -> str:
    """The hashes of the picture and of all sound, as they are stored."""
    chosen = ["-map", "0:v", "-map", "0:a", "-c", "copy"]
    command = [REAL.ffmpeg, "-v", "error", "-i", str(file), *chosen, "-f", "streamhash", "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("ending", "form", "codec"),
    [
        ("mp4", "mp4", "mov_text"),
        ("mov", "mov", "mov_text"),
        ("webm", "matroska", "subrip"),
        ("avi", "matroska", "subrip"),
    ],
)
def test_subtitles_go_along_and_nothing_is_encoded(
    ending: str, form: str, codec: str, films: dict[str, Path], text: Path, target: Path, scratch: Path
) -> None:
    source = films[ending]
    made = enclose(REAL.ffmpeg, source, text, target, form=form, language="pt", scratch=scratch)
    assert made == Made("", target.stat().st_size)
    assert codecs(target) == [*codecs(source), codec]
    assert packets(target) == packets(source)
    assert b"private" not in target.read_bytes()
    track = shown(target)["streams"][-1]
    assert (track["tags"]["language"], track["disposition"]["default"]) == ("por", 1)
    command = [REAL.ffmpeg, "-v", "error", "-i", str(target), "-map", "0:s", "-f", "srt", "-"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == SPOKEN_SRT


def test_a_language_that_is_not_known_is_none(films: dict[str, Path], text: Path, target: Path, scratch: Path) -> None:
    enclose(REAL.ffmpeg, films["mp4"], text, target, form="mp4", language="", scratch=scratch)
    assert index_is_in_front(target)
    assert shown(target)["streams"][-1]["tags"].get("language", "und") == "und"


def test_what_cannot_be_put_together_is_a_failure_with_its_reason(
    films: dict[str, Path], text: Path, target: Path, scratch: Path
) -> None:
    with pytest.raises(PictureError) as failed:  # vp8 is no codec of mov
        enclose(REAL.ffmpeg, films["webm"], text, target, form="mov", language="pt", scratch=scratch)
    assert failed.value.code == "not_encoded"
    assert failed.value.detail
    assert not target.exists()
    assert list(scratch.iterdir()) == []


def test_every_language_has_three_letters() -> None:
    assert set(CODES) == set(LANGUAGES)
    assert all(len(code) == 3 for code in CODES.values())
    assert len(set(CODES.values())) == len(CODES)
    assert iso_639_2("") == "und"
