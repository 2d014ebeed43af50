"""Where things are, and that the addresses lead there whatever the folder is called."""

from pathlib import Path

import environ
import pytest
import redis

from transcribe_site.embedded import places

LONGEST_ADDRESS = 107  # bytes of sun_path, without its end
LONGEST_PID = 4_194_304  # of Linux; supervisord makes its socket under a name with its pid
SOCKETS = {"postgres": ".s.PGSQL.5432", "valkey": "redis.sock", "supervisor": f"control.sock.{LONGEST_PID}"}


def test_the_data_folder_is_what_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert places.data_dir() == tmp_path
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", "here")
    assert places.data_dir() == tmp_path / "here"
    monkeypatch.setenv("DATA_DIR", "")
    assert places.data_dir() == places.BASE_DIR / "var"


def test_sockets_stand_in_the_data_folder() -> None:
    assert places.socket_folder(Path("/srv/data"), "valkey") == Path("/srv/data/run/valkey")


@pytest.mark.parametrize("name", SOCKETS)
def test_a_sockets_address_is_never_too_long(name: str) -> None:
    for length in range(1, 120):
        folder = places.socket_folder(Path("/" + "x" * length), name)
        assert len(str(folder / SOCKETS[name])) <= LONGEST_ADDRESS, length


def test_two_long_data_folders_have_socket_folders_of_their_own() -> None:
    folders = {places.socket_folder(Path("/" + "x" * 100 + end), name) for end in "ab" for name in SOCKETS}
    assert len(folders) == 6
    assert folders == {places.socket_folder(Path("/" + "x" * 100 + end), name) for end in "ab" for name in SOCKETS}


@pytest.mark.parametrize("data", ["/srv/data", "/srv/my data", "/srv/100%/#1?", "/srv/größe:@", "/" + "x" * 100])
def test_the_addresses_lead_to_the_sockets(data: str) -> None:
    database = environ.FileAwareEnv.db_url_config(places.database_url(Path(data)))
    assert (database["HOST"], database["NAME"], database["USER"]) == (
        str(places.socket_folder(Path(data), "postgres")),
        "transcribe",
        "transcribe",
    )
    options = redis.from_url(places.redis_url(Path(data))).connection_pool.connection_kwargs
    assert options["path"] == str(places.socket_folder(Path(data), "valkey") / "redis.sock")


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    places.keep_secret_key(tmp_path)
    file = places.secret_key_file(tmp_path)
    first = file.read_text()
    assert len(first) >= 50
    assert file.stat().st_mode & 0o777 == 0o600
    places.keep_secret_key(tmp_path)
    assert file.read_text() == first
    assert [each.name for each in tmp_path.iterdir()] == ["secret_key"]


def test_a_private_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    for _ in range(2):
        folder = places.private_folder(tmp_path / "a" / "b")
        assert folder.stat().st_mode & 0o777 == 0o700
        folder.chmod(0o755)
