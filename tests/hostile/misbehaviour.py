"""What examining must never do, for the tests of those who watch it."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from transcriptions.engine.errors import EngineError
from transcriptions.engine.ffmpeg import FFmpeg


def break_down(ffmpeg: FFmpeg, path: Path) -> None:
    raise ValueError(path)


def hang(ffmpeg: FFmpeg, path: Path) -> None:
    time.sleep(60)


def die(ffmpeg: FFmpeg, path: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave_a_child(ffmpeg: FFmpeg, path: Path) -> None:
    subprocess.Popen(["sleep", "1"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def leave_a_file(ffmpeg: FFmpeg, path: Path) -> None:
    Path(tempfile.gettempdir(), "left").touch()


def refuse_without_a_sentence(ffmpeg: FFmpeg, path: Path) -> None:
    raise EngineError("nobody_wrote_this")


def refuse_with_half_a_sentence(ffmpeg: FFmpeg, path: Path) -> None:
    raise EngineError("too_long")


def refuse_with_a_path(ffmpeg: FFmpeg, path: Path) -> None:
    raise EngineError("too_long", hours=f" {path}")


def open_a_socket(ffmpeg: FFmpeg, path: Path) -> None:
    socket.socket(socket.AF_INET).close()
