"""The locked room: what a child in it cannot do, and that it is gone afterwards."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environment import not_run
from transcriptions.engine import room
from transcriptions.engine.room import Limits, Room, Walls, walls

LIMITS = Limits(cpu_seconds=10, stall_seconds=10)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the limits are Linux's")
REACH = "import socket, sys; socket.create_connection(('{}', {}), 3); print('reached')"


def _run(code: str, limits: Limits = LIMITS) -> tuple[int, str, str]:
    """How Python ended in the room, what it wrote, what it complained of."""
    with Room([sys.executable, "-c", code], limits) as inside:
        output = inside.read(1_000_000)
        return inside.wait(), output.decode().strip(), inside.said(2000)


@pytest.fixture
def listener() -> Iterator[int]:
    """The port of a socket on this host that answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_it_gives_what_the_child_writes_and_how_it_ends() -> None:
    assert _run("print('good'); raise SystemExit(7)")[:2] == (7, "good")


def test_no_address_can_be_reached(listener: int) -> None:
    if not walls().network:
        not_run("this host does not allow a network namespace: ffmpeg runs with the host's network")
    subprocess.run([sys.executable, "-c", REACH.format("127.0.0.1", listener)], check=True)  # it can be from outside
    status, output, said = _run(REACH.format("127.0.0.1", listener))
    assert status
    assert output == ""
    assert "Network is unreachable" in said
    assert _run("import socket; print([name for _, name in socket.if_nameindex()])")[1] == "['lo']"


def test_a_child_that_is_let_online_reaches_the_network(listener: int) -> None:
    with Room([sys.executable, "-c", REACH.format("127.0.0.1", listener)], LIMITS, online=True) as child:
        assert child.read(100).decode().strip() == "reached"


def test_online_it_gains_no_privileges_either() -> None:
    if not room.walls_without_that_of_the_network().privileges:
        not_run("this host has no setpriv: a child that is let online may gain privileges")
    code = "print(open('/proc/self/status').read().split('NoNewPrivs:')[1].split()[0])"
    with Room([sys.executable, "-c", code], LIMITS, online=True) as child:
        assert child.read(100).decode().strip() == "1"


def test_it_has_the_folder_and_the_environment_it_is_given(tmp_path: Path) -> None:
    code = "import os; print(os.getcwd(), os.environ.get('GIVEN'), 'HOME' in os.environ)"
    with Room([sys.executable, "-c", code], LIMITS, folder=tmp_path, environment={"GIVEN": "this"}) as child:
        assert child.read(1000).decode().split() == [str(tmp_path), "this", "False"]


def test_it_does_without_walls_where_the_host_has_none(listener: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "walls", Walls)
    assert _run(REACH.format("127.0.0.1", listener))[:2] == (0, "reached")


@LINUX
def test_a_wall_that_does_not_work_is_left_out() -> None:
    works = ("setpriv", "--no-new-privs")
    candidates = (("no-such-program",), ("unshare", "--no-such-option"), ("false",))
    assert room._first_that_works(candidates, ()) == ()
    if walls().privileges:
        assert room._first_that_works((*candidates, works), ())[1:] == works[1:]


@LINUX
def test_the_walls_are_tried_once() -> None:
    assert walls() is walls()


@LINUX
def test_there_are_no_new_privileges() -> None:
    if not walls().privileges:
        not_run("this host has no setpriv: ffmpeg may get new privileges")
    status = dict(line.split(":\t", 1) for line in _run("print(open('/proc/self/status').read())")[1].splitlines())
    assert status["NoNewPrivs"] == "1"
    assert int(status["CapEff"], 16) in {0, 1 << 2}  # CAP_DAC_READ_SEARCH


@LINUX
def test_no_descriptor_is_inherited() -> None:
    secret = os.memfd_create("secret", 0)
    os.set_inheritable(secret, True)
    try:
        listed = _run("import os; print(*sorted(int(name) for name in os.listdir('/proc/self/fd')))")[1]
    finally:
        os.close(secret)
    assert listed == "0 1 2 3"  # 3 is the folder that is being listed


def test_no_variable_is_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "told to nobody")
    assert "told to nobody" not in _run("import os; print(dict(os.environ))")[1]


@LINUX
def test_the_processor_is_used_up() -> None:
    started = time.monotonic()
    with pytest.raises(TimeoutError, match="used up 1 s of the processor"):
        _run("while True: pass", Limits(cpu_seconds=1, stall_seconds=20))
    assert time.monotonic() - started < 15


@LINUX
def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import time; time.sleep(0.2); bytearray(300 * 1024**2); print('had it')"
    assert _run(code)[1] == "had it"
    monkeypatch.setattr(room, "MEMORY_BYTES", 200 * 1024**2)
    status, output, said = _run(code)
    assert status
    assert output == ""
    assert "MemoryError" in said


@LINUX
def test_descriptors_are_limited(tmp_path: Path) -> None:
    status, _, said = _run("import time, os; time.sleep(0.2); kept = [os.dup(0) for _ in range(100)]")
    assert status
    assert "Too many open files" in said


@LINUX
def test_a_file_it_writes_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LOG_BYTES", 1000)
    target = tmp_path / "written"
    _run(f"import time; time.sleep(0.2); open({str(target)!r}, 'wb', 0).write(bytes(5000))")
    assert target.stat().st_size == 1000


@LINUX
def test_a_file_it_writes_may_be_as_large_as_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LOG_BYTES", 1000)
    target = tmp_path / "written"
    code = f"import time; time.sleep(0.2); open({str(target)!r}, 'wb', 0).write(bytes(5000))"
    _run(code, Limits(cpu_seconds=10, stall_seconds=10, file_bytes=3000))
    assert target.stat().st_size == 3000


def test_a_child_that_says_nothing_is_given_up() -> None:
    with pytest.raises(TimeoutError):
        _run("import time; time.sleep(60)", Limits(cpu_seconds=10, stall_seconds=0.2))


def test_a_child_that_never_ends_is_given_up_though_it_talks() -> None:
    code = "import time\nwhile True: print('still here', flush=True); time.sleep(0.05)"
    with pytest.raises(TimeoutError):
        _run(code, Limits(cpu_seconds=10, stall_seconds=5, wall_seconds=0.5))


def test_it_is_gone_when_the_block_ends() -> None:
    with Room(
        [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"], LIMITS
    ) as child:
        first = bytearray()
        while not first.endswith(b"\n"):
            first += child.read(1)
    with pytest.raises(ProcessLookupError):
        os.kill(int(first), 0)


def test_what_it_says_is_heard_line_by_line_without_moving_its_place() -> None:
    code = (
        "import sys\nfor word in ('one', 'two'): print(word, file=sys.stderr, flush=True); sys.stdin.read(); print(1)"
    )
    with Room([sys.executable, "-c", code], LIMITS) as child:
        child.read(10)
        child.wait()
        assert child.news() == ["one", "two"]
        assert child.news() == []
        assert child.said(4) == "two"
