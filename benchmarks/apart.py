"""A job in a process of its own, so that its memory and its processor time are its own.

Watches it from outside; does not know what it does.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from benchmarks import memory, systems
from benchmarks.values import BenchmarkError, Job, Outcome

HERE = Path(__file__).resolve().parent.parent
LOOK_SECONDS = 0.05  # between two looks at the programs that the process runs
TIMEOUT_SECONDS, TIMEOUT_PER_SECOND = 900.0, 20.0  # and so many for each second of sound


def run(job: Job) -> Outcome:
    """Raises BenchmarkError, with the end of what the process said, when it fails or takes too long."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as temporary,
        tempfile.TemporaryFile("w+") as asked,
        tempfile.TemporaryFile("w+") as answered,
        tempfile.TemporaryFile("w+") as said,
    ):
        asked.write(job.dumps())
        asked.seek(0)
        environment = {**os.environ, "TMPDIR": temporary, "HF_HUB_OFFLINE": "1"}
        command = [sys.executable, "-m", "benchmarks.measure"]
        with subprocess.Popen(
            command, stdin=asked, stdout=answered, stderr=said, cwd=HERE, env=environment, text=True
        ) as process:
            programs = _watched(process, _timeout(job))
        if process.returncode:
            raise BenchmarkError(_tail(said) or f"the measuring process ended with {process.returncode}")
        answered.seek(0)
        found = json.loads(answered.read())
    if systems.SYSTEMS[job.system].is_program:
        found["peak_bytes"] = 0  # of this process, which only waits for the program
    return Outcome.of({**found, "program_bytes": programs})


def _watched(process: "subprocess.Popen[str]", timeout: float) -> int:
    """Wait for it to end; returns the most memory of the programs it has run, in bytes."""
    most, until = 0, time.monotonic() + timeout
    try:
        while process.poll() is None:
            if time.monotonic() > until:
                raise BenchmarkError(f"not done in {timeout:.0f} s")
            most = max(most, memory.programs_peak(process.pid))
            time.sleep(LOOK_SECONDS)
    finally:
        process.kill()
    return most


def _timeout(job: Job) -> float:
    return TIMEOUT_SECONDS + TIMEOUT_PER_SECOND * sum(recording.seconds for recording in job.recordings)


def _tail(said: IO[str], size: int = 500) -> str:
    said.seek(0)
    return said.read()[-size:].strip()
