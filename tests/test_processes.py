"""Telling living processes of this host from those that are gone, and from those of other hosts."""

import os
import socket
import subprocess

import pytest

from transcriptions import processes

HOST, NUMBER, START = processes.identity().rsplit(":", 2)


def test_this_one_is_there() -> None:
    assert (HOST, int(NUMBER)) == (socket.gethostname(), os.getpid())
    assert int(START) > 0
    assert not processes.is_gone(processes.identity())
    assert processes.is_of_this_host(processes.identity())


def test_a_child_that_nobody_has_waited_for_is_gone() -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not processes.is_alive(child.pid)
    assert processes.is_gone(f"{HOST}:{child.pid}:{START}")
    child.wait()
    assert not processes.is_alive(child.pid)


@pytest.mark.parametrize(
    ("identity", "gone"),
    [
        (f"{HOST}:{NUMBER}:{int(START) - 1}", True),
        (f"{HOST}:{NUMBER}:", False),  # of a system that does not tell when it started
        (f"elsewhere:{NUMBER}:{int(START) - 1}", False),
        (f"{HOST}:{NUMBER}", False),
        ("upload-x", False),
        ("", False),
    ],
    ids=["earlier", "no start", "elsewhere", "without a start", "no process", "nothing"],
)
def test_the_start_tells_it_from_an_earlier_one(identity: str, gone: bool) -> None:
    assert processes.is_gone(identity) is gone


def test_where_the_system_does_not_tell_the_number_is_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "Path", lambda path: _Nowhere())
    assert processes.identity() == f"{HOST}:{NUMBER}:"
    assert not processes.is_gone(f"{HOST}:{NUMBER}:{START}")


class _Nowhere:
    def read_text(self) -> str:
        raise FileNotFoundError
