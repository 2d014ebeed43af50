"""The services lent to commands: shared by all, stopped by the last, started again after a kill."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tests.embedded.processes import alive, command, end, is_up, kill, postgres_pid, until
from transcribe_site.embedded import places


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all: making the cluster takes longest."""
    return tmp_path_factory.mktemp("lent") / "data"


@pytest.fixture(autouse=True)
def _no_zombie_is_left(data: Path) -> Iterator[None]:
    """Where a test's process 1 is slow to reap what was killed, a dead server still counts as one."""
    yield
    if (data / "postgres" / "postmaster.pid").exists():
        killed = postgres_pid(data)
        until(lambda: not exists(killed))


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def ask_postgres(data: Path, question: str) -> object:
    host = str(places.socket_folder(data, "postgres"))
    with psycopg.connect(host=host, user="transcribe", dbname="transcribe") as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def valkey(data: Path) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(places.socket_folder(data, "valkey") / "redis.sock"))


def test_two_commands_at_once_share_and_the_last_one_stops(data: Path) -> None:
    with command(data) as one, command(data) as other:
        assert is_up(one)
        assert is_up(other)
        first = postgres_pid(data)
        ask_postgres(data, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert end(one) == (0, "")
        assert postgres_pid(data) == first
        assert ask_postgres(data, "SELECT answer FROM kept") == 42
        with command(data) as third:
            assert is_up(third)
            assert end(third) == (0, "")
        assert postgres_pid(data) == first
        assert end(other) == (0, "")
    assert alive(data) == []


def test_what_was_written_is_there_the_next_time(data: Path) -> None:
    with command(data) as one:
        assert is_up(one)
        ask_postgres(data, "SELECT 1")
        with valkey(data) as there:
            there.set("kept", "yes")
        assert end(one) == (0, "")
    with command(data) as next_one:
        assert is_up(next_one)
        with valkey(data) as there:
            assert there.get("kept") == b"yes"
        assert end(next_one) == (0, "")


def test_a_killed_postgres_is_started_again_by_the_next_command(data: Path) -> None:
    with command(data) as one:
        assert is_up(one)
        killed = postgres_pid(data)
        kill(killed)
        with command(data) as other:
            assert is_up(other)
            assert postgres_pid(data) != killed
            assert ask_postgres(data, "SELECT 1") == 1
            assert end(other) == (0, "")
        assert ask_postgres(data, "SELECT 1") == 1  # the first one still needs it
        assert end(one) == (0, "")
    assert until(lambda: alive(data) == [])


def test_a_killed_command_leaves_them_to_the_next_one(data: Path) -> None:
    with command(data) as killed:
        assert is_up(killed)
        killed.kill()
    left = postgres_pid(data)
    with command(data) as other:
        assert is_up(other)
        assert postgres_pid(data) == left
        assert end(other) == (0, "")
    assert until(lambda: alive(data) == [])


def test_a_killed_machine_leaves_only_files(data: Path) -> None:
    """Everything at once, the pid files stay."""
    with command(data) as one:
        assert is_up(one)
        killed = [one.pid, postgres_pid(data), int((data / "valkey" / "valkey.pid").read_text())]
        for pid in killed:
            kill(pid)
    assert until(lambda: alive(data) == [] and not any(map(exists, killed)))
    with command(data) as other:
        assert is_up(other)
        assert ask_postgres(data, "SELECT 1") == 1
        assert end(other) == (0, "")
    assert alive(data) == []


def test_nobody_else_can_reach_them(data: Path) -> None:
    with command(data) as one:
        assert is_up(one)
        for folder in (places.socket_folder(data, "postgres"), places.socket_folder(data, "valkey"), data / "valkey"):
            assert folder.stat().st_mode & 0o077 == 0, folder
        assert ask_postgres(data, "SHOW listen_addresses") == ""
        with valkey(data) as there:
            assert there.config_get("port") == {"port": "0"}
        assert end(one) == (0, "")


def test_where_both_are_given_nothing_is_started_or_written(tmp_path: Path) -> None:
    untouched = tmp_path / "untouched"
    given = {"DATABASE_URL": "postgres://elsewhere/x", "REDIS_URL": "redis://elsewhere"}
    with command(untouched, **given) as one:
        assert is_up(one)
        assert not untouched.exists()
        assert end(one) == (0, "")


def test_where_one_is_given_the_other_is_started(tmp_path: Path) -> None:
    half = tmp_path / "half"
    with command(half, DATABASE_URL="postgres://elsewhere/x") as one:
        assert is_up(one)
        assert not (half / "postgres").exists()
        with valkey(half) as there:
            assert there.ping()
        assert end(one) == (0, "")
    assert alive(half) == []
