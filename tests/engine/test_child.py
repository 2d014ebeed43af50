"""One program and its limits: whatever it does, it ends, and what it said is kept in bounds."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from transcriptions.engine.child import SAID_BYTES, Limits, TooSlow, run

LIMITS = Limits(seconds=20, stall_seconds=20, file_bytes=1024**2, memory_bytes=None)


def sh(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def ignore(line: str) -> bool:
    return True


class Lines(list[str]):
    def heard(self, line: str) -> bool:
        self.append(line)
        return True


def test_lines_and_the_status_are_told(tmp_path: Path) -> None:
    lines = Lines()
    ended = run(sh("echo one; echo two; pwd; echo bad >&2; exit 3"), LIMITS, lines.heard, folder=tmp_path)
    assert lines == ["one", "two", str(tmp_path)]
    assert (ended.status, ended.said) == (3, "bad")


def test_it_has_no_input_and_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret")
    lines = Lines()
    run(sh("cat; env"), LIMITS, lines.heard, environment={"ONLY": "this"})
    assert "ONLY=this" in lines
    assert not any("secret" in line for line in lines)


def test_of_much_complaint_the_end_is_kept() -> None:
    ended = run(sh("yes complaint | head -c 1000000 >&2; echo last >&2"), LIMITS, ignore)
    assert len(ended.said) <= SAID_BYTES
    assert ended.said.endswith("last")


def test_time_is_limited() -> None:
    began = time.monotonic()
    with pytest.raises(TooSlow):
        run(sh("exec sleep 30"), Limits(0.3, 20, 1024, None), ignore)
    assert time.monotonic() - began < 5


def test_speaking_without_a_step_forward_is_a_stall() -> None:
    with pytest.raises(TooSlow, match=r"0\.3 s"):
        run(sh("while :; do echo same; sleep 0.05; done"), Limits(20, 0.3, 1024, None), lambda line: False)


def test_one_that_closes_its_mouth_and_stays_is_ended() -> None:
    with pytest.raises(TooSlow):
        run(sh("exec sleep 30 >&- 2>&-"), Limits(0.5, 20, 1024, None), ignore)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is Linux'")
def test_a_file_beyond_the_limit_ends_it(tmp_path: Path) -> None:
    ended = run(
        sh("sleep 0.3; exec head -c 100000 /dev/zero > big"), Limits(20, 20, 50_000, None), ignore, folder=tmp_path
    )
    assert ended.status == -signal.SIGXFSZ
    assert (tmp_path / "big").stat().st_size <= 50_000


def test_a_listener_that_fails_leaves_no_program() -> None:
    pids: list[int] = []

    def fail(line: str) -> bool:
        pids.append(int(line))
        raise KeyError(line)

    with pytest.raises(KeyError):
        run(sh("echo $$; exec sleep 30"), LIMITS, fail)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(FileNotFoundError):
        run(["/nowhere/ffmpeg"], LIMITS, ignore)


@pytest.mark.skipif(not Path("/usr/bin/setpriv").exists(), reason="nothing outlives its parent only with setpriv")
def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    script = f"""
from transcriptions.engine.child import Limits, run
run(["/bin/sh", "-c", "echo $$ > {tmp_path}/pid; exec sleep 30"], Limits(20, 20, 1024, None), bool)
"""
    root = Path(__file__).parent.parent.parent
    with subprocess.Popen([sys.executable, "-c", script], cwd=root) as parent:
        file = tmp_path / "pid"
        while not (file.exists() and file.read_text().strip()):
            assert parent.poll() is None
            time.sleep(0.05)
        parent.kill()
    pid = int(file.read_text())
    end = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text():
        assert time.monotonic() < end
        time.sleep(0.05)
