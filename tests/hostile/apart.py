"""Verdicts from a process with a temporary folder of its own, ended with its programs when it takes too long.

Does not judge a file, only that there was no verdict.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.hostile.verdict import EXAMINE, Verdict
from transcriptions.engine.ffmpeg import FFmpeg

HERE = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 30.0  # its first verdict may take so much longer: it loads the voice activity's network
LIMIT_SECONDS = 20.0


class Examiner:
    """A process that is started when it is asked, and again after it has been ended.

    examine: module:function. limit: seconds a file. before: a command to run it under.
    """

    def __init__(
        self,
        ffmpeg: FFmpeg,
        *,
        prepare: bool,
        examine: str = EXAMINE,
        limit: float = LIMIT_SECONDS,
        before: Sequence[str] = (),
    ) -> None:
        told = ["--examine", examine, *(["--prepare"] if prepare else []), ffmpeg.ffmpeg, ffmpeg.ffprobe]
        self._command = [*before, sys.executable, "-m", "tests.hostile.verdict", *told]
        self._limit = limit
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="examiner-")
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close
        self._is_new = True

    def verdict(self, path: Path) -> Verdict:
        """Raises nothing for what the file does: no verdict in time is a fault, and so is the end of the process."""
        process = self._process or self._start()
        started = time.monotonic()
        answer = self._answer(process, path)
        if answer:
            self._is_new = False
            return Verdict.loads(answer)
        seconds = time.monotonic() - started
        gone = process.poll()
        self._end()
        fault = f"no verdict in {self._limit:g} s" if gone is None else f"the process ended with {gone}: {self._tail()}"
        return Verdict(code="", seconds=seconds, faults=(fault,))

    def close(self) -> None:
        self._end()
        self._said.close()
        self._folder.cleanup()

    def _start(self) -> "subprocess.Popen[bytes]":
        self._is_new = True
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            cwd=HERE,
            env={**os.environ, "TMPDIR": self._folder.name},
            start_new_session=True,  # its programs end with it
        )
        return self._process

    def _answer(self, process: "subprocess.Popen[bytes]", path: Path) -> str:
        """A line; nothing when the process has ended, or has not answered in time."""
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(json.dumps(str(path)).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            process.wait(START_SECONDS)
            return ""
        patience = self._limit + (START_SECONDS if self._is_new else 0)
        if not select.select([process.stdout], [], [], patience)[0]:
            return ""
        answer = process.stdout.readline().decode()
        if not answer:
            process.wait(START_SECONDS)
        return answer

    def _end(self) -> None:
        if self._process is None:
            return
        with self._process as process:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                process.kill()
        self._process = None

    def _tail(self, size: int = 500) -> str:
        self._said.seek(max(0, self._said.seek(0, 2) - size))
        return self._said.read().decode(errors="replace").strip()


@contextmanager
def examiner(
    ffmpeg: FFmpeg,
    *,
    prepare: bool,
    examine: str = EXAMINE,
    limit: float = LIMIT_SECONDS,
    before: Sequence[str] = (),
) -> Iterator[Examiner]:
    """An Examiner, until the block ends."""
    one = Examiner(ffmpeg, prepare=prepare, examine=examine, limit=limit, before=before)
    try:
        yield one
    finally:
        one.close()
