"""A job in a process of its own, with the real tiny.en: what it took, what was heard, where the time went."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import apart, timings
from benchmarks.score import score
from benchmarks.systems.whisper_ctranslate2 import WhisperCTranslate2
from benchmarks.values import BenchmarkError, Job, Recording

STAND_IN = """#!/bin/sh
case "$1" in *nothing.wav) exit 0;; esac
echo "Detected language 'English' with probability 1.000000"
echo "[00:00.000 --> 00:02.000] Good morning."
echo "[01:00:02.000 --> 01:00:04.500] Please bring the report."
while [ "$1" != --output_dir ]; do shift; done
echo "Good morning." > "$2/spoken.txt"
"""


def test_a_job_comes_back_as_it_was(job: Job) -> None:
    assert Job.loads(job.dumps()) == job


def test_the_parts_of_the_time_are_all_of_it(job: Job, recording: Recording) -> None:
    """Breaks when the engine's functions are called something else: see benchmarks.timings.PLACES."""
    outcome = apart.run(replace(job, timed=True))
    assert set(outcome.parts) == {timings.REST} | {part for part, *_ in timings.PLACES}
    assert all(outcome.parts[part].wall > 0 for part, *_ in timings.PLACES)
    assert sum(spent.wall for spent in outcome.parts.values()) == pytest.approx(outcome.spent.wall)
    assert sum(spent.cpu for spent in outcome.parts.values()) == pytest.approx(outcome.spent.cpu)
    found = score([recording], outcome.texts)
    assert found
    assert found.rate < 0.5


def test_several_recordings_are_heard_at_the_same_time_and_come_back_in_order(job: Job, silent: Path) -> None:
    silence = Recording("silent", silent, "en", 8.0)
    outcome = apart.run(replace(job, recordings=(silence, *job.recordings, silence)))
    assert outcome.texts[0] == outcome.texts[2] == ""
    assert "budget" in outcome.texts[1]
    assert outcome.windows == 1


def test_what_went_wrong_in_the_process_is_said(job: Job, tmp_path: Path) -> None:
    (tmp_path / "letter.wav").write_text("Dear Sir")
    letter = Recording("letter", tmp_path / "letter.wav", "en", 1.0)
    with pytest.raises(BenchmarkError, match="document"):
        apart.run(replace(job, recordings=(letter,)))


def test_a_program_is_read_by_what_it_prints(job: Job, tmp_path: Path, recording: Recording) -> None:
    """A stand-in, because the real one is only where somebody measures."""
    program = tmp_path / "whisper-ctranslate2"
    program.write_text(STAND_IN)
    program.chmod(0o700)
    system = WhisperCTranslate2(replace(job, programs={program.name: str(program)}), tmp_path)
    assert list(system.hear(recording).texts) == ["Good morning.", "Please bring the report."]
    assert 0 < system.overhead.wall < 5
    with pytest.raises(BenchmarkError, match="failed on gone"):
        list(system.hear(replace(recording, name="gone", path=tmp_path / "nothing.wav")).texts)
