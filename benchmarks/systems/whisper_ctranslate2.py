"""The command whisper-ctranslate2 with its defaults, timed by its output.

It loads the model anew each time. What that takes is measured by giving it an empty file: it loads the model before
it finds that it cannot read it, and ends. That much is taken off.
"""

import os
import re
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.systems import Hearing
from benchmarks.values import BenchmarkError, Job, Recording, Spent

LINE = re.compile(r"\[[\d:.]+ --> [\d:.]+\] ?(.*)")


class WhisperCTranslate2:
    at_once = 1

    def __init__(self, job: Job, folder: Path) -> None:
        self._program = job.programs["whisper-ctranslate2"]
        self._options = ["--model_directory", str(job.folder), "--local_files_only", "True"]
        self._options += ["--device", job.device, "--device_index", str(job.device_index)]
        self._options += ["--compute_type", job.compute_type]
        self._options += ["--output_dir", str(folder), "--output_format", "txt"]
        self._folder = folder
        self.overhead = self._start_and_load()

    def hear(self, recording: Recording) -> Hearing:
        return Hearing(self._texts(recording))

    def _texts(self, recording: Recording) -> Iterator[str]:
        command = self._command(recording.path, recording.language)
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}  # lines when they are said, not at the end
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            for line in process.stdout or ():
                if found := LINE.match(line):
                    yield found[1]
        written = self._folder / f"{recording.path.stem}.txt"
        if process.returncode or not written.exists():  # it ends with 0 when it could not read the file
            raise BenchmarkError(f"whisper-ctranslate2 failed on {recording.name}.")
        written.unlink()

    def _start_and_load(self) -> Spent:
        nothing = self._folder / "nothing.wav"
        nothing.touch()
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(self._command(nothing, "en"), check=True, capture_output=True)
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        return Spent(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)

    def _command(self, path: Path, language: str) -> list[str]:
        return [self._program, str(path), *self._options, *(["--language", language] if language else [])]


def load(job: Job) -> WhisperCTranslate2:
    """Writes what the command wants to write into the process's own temporary folder."""
    return WhisperCTranslate2(job, Path(tempfile.mkdtemp()))
