"""`manage.py backup` and `restore`: an installation is filled, saved, made anew from nothing, and compared."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from psycopg import sql
from pytest_django import Settings

from accounts import tokens
from accounts.models import User
from tests import s3
from tests.conftest import Accept
from tests.embedded.processes import alive, command, end, is_up, start
from tests.management.commands import assert_one_sentence, manage
from tests.people import PASSWORD
from tests.workflow.edited import at
from transcribe_site import embedded, storage_url
from transcriptions import storage
from transcriptions.models import Transcription
from transcriptions.models.sharing import Level
from transcriptions.workflow import comments, edit, sharing

pytestmark = pytest.mark.django_db(transaction=True)

Rows = dict[str, list[Any]]


@pytest.fixture
def filled(
    alice: User, bob: User, accept: Accept, work: Callable[[], None], spoken: Path, long_spoken: Path
) -> Transcription:
    """An entry with its recording, text, corrections, shares and a comment, and one that is still to be done."""
    entry = accept(alice, spoken)
    work()
    now = timezone.now()
    edit.change_text(**at(entry, 0), text="Good morning, everybody.", now=now)
    sharing.make_link(entry=entry, level=Level.COMMENT, password="open it", now=now)
    sharing.share_with(entry=entry, address=bob.email, level=Level.EDIT, now=now)
    comments.say(entry=entry, user=bob, name="", guest="", seconds=1.0, text="Which report?", now=now)
    tokens.create(user=alice, name="bazarr", now=now)
    accept(bob, long_spoken)
    return entry


def backup(folder: Path, *words: str) -> str:
    said = io.StringIO()
    call_command("backup", str(folder), *words, stdout=said)
    return said.getvalue()


def restore(folder: Path, data: Path, **changes: str) -> str:
    process = start(data, "manage.py", "restore", str(folder), **changes)
    said, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    return said


def rows_of(database: psycopg.Connection[Any]) -> Rows:
    """Every row of every table, and where the counters of new ones stand."""
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    found: Rows = {}
    for (name,) in database.execute(tables).fetchall():
        every = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(name))
        found[name] = database.execute(every).fetchall()
    found["counters"] = database.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1").fetchall()
    return found


def rows_here() -> Rows:
    connection.ensure_connection()
    return rows_of(connection.connection)


def rows_there(data: Path) -> Rows:
    with command(data) as services:
        assert is_up(services)
        socket = str(embedded.socket_folder(data, "postgres"))
        with psycopg.connect(host=socket, user="transcribe", dbname="transcribe") as database:
            found = rows_of(database)
        assert end(services) == (0, "")
    assert alive(data) == []
    return found


def files_below(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.usefixtures("filled")
def test_an_empty_installation_becomes_the_same(tmp_path: Path, settings: Settings) -> None:
    settings.KEPT_SECRET_KEY = tmp_path / "kept"
    settings.KEPT_SECRET_KEY.write_text("signs sessions")
    rows, files = rows_here(), files_below(Path(settings.STORAGE_DIR))
    assert [rows[f"transcriptions_{name}"] for name in ("segmentedit", "share", "comment", "shard", "media")].count(
        []
    ) == 0
    assert len(files) >= 2
    assert backup(tmp_path / "saved").splitlines()[1:] == ["database: saved", "secret key: saved"]

    data = tmp_path / "data"
    assert restore(tmp_path / "saved", data).splitlines()[1:] == ["secret key: there"]
    assert rows_there(data) == rows
    assert files_below(data / "storage") == files
    assert (data / "secret_key").read_text() == "signs sessions"
    private = (data / "secret_key", *(tmp_path / "saved").iterdir())
    assert [path.name for path in private if path.stat().st_mode & 0o077] == []


@pytest.fixture
def _bucket(tmp_path: Path, settings: Settings) -> Iterator[None]:
    with s3.serving(tmp_path / "s3") as server:
        settings.S3 = storage_url.s3(server.url)
        yield


@pytest.mark.usefixtures("_bucket", "filled")
def test_what_is_in_s3_can_be_restored_into_a_folder(tmp_path: Path) -> None:
    rows, files = rows_here(), {file.key: b"".join(storage.pieces(file.key, 0, 2**40)) for file in storage.files()}
    assert len(files) >= 2
    backup(tmp_path / "saved")
    restore(tmp_path / "saved", tmp_path / "data")
    assert rows_there(tmp_path / "data") == rows
    assert files_below(tmp_path / "data" / "storage") == files


def test_the_next_time_it_takes_what_is_new_and_drops_what_is_gone(tmp_path: Path) -> None:
    old, kept, new = (storage.media_key(letter * 64) for letter in "abc")
    storage.write(old, b"goes")
    storage.write(kept, b"stays")
    assert backup(tmp_path).startswith("files: 2, 9 bytes; 2 copied\n")
    storage.delete(old)
    storage.write(new, b"comes")
    assert backup(tmp_path).startswith("files: 2, 10 bytes; 1 copied, 1 removed\n")
    assert files_below(tmp_path / "storage") == {kept: b"stays", new: b"comes"}


def test_a_storage_that_is_not_mounted_empties_no_backup(tmp_path: Path) -> None:
    key = storage.media_key("a" * 64)
    storage.write(key, b"sound")
    backup(tmp_path)
    before = files_below(tmp_path)
    storage.delete(key)
    with pytest.raises(CommandError, match="Is it the right one, and mounted"):
        backup(tmp_path)
    assert files_below(tmp_path) == before


def test_a_backup_that_is_cut_off_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage.write(storage.media_key("a" * 64), b"sound")
    backup(tmp_path)
    before = files_below(tmp_path)
    User.objects.create_user(email="new@example.org", password=PASSWORD)
    monkeypatch.setattr(storage, "files", lambda: iter([None]))
    with pytest.raises(AttributeError):
        backup(tmp_path)
    assert files_below(tmp_path) == before


def test_a_database_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    backup(tmp_path)
    with pytest.raises(CommandError, match="restored into an empty one"):
        call_command("restore", str(tmp_path))


def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no database\.dump in"):
        call_command("restore", str(tmp_path))


def test_the_files_go_alone_where_pg_dump_is_elsewhere(tmp_path: Path, settings: Settings) -> None:
    storage.write(storage.media_key("a" * 64), b"sound")
    assert "database: saved elsewhere" in backup(tmp_path, "--files")
    assert not (tmp_path / "database.dump").exists()
    shutil.rmtree(Path(settings.STORAGE_DIR))
    call_command("restore", str(tmp_path), "--files", stdout=io.StringIO())
    assert storage.read(storage.media_key("a" * 64), 0, 5) == b"sound"


def test_without_pg_dump_it_says_what_to_do(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.POSTGRES_PROGRAMS = ""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="There is no pg_dump here"):
        backup(tmp_path / "saved")


def test_a_database_that_does_not_answer_is_a_sentence(tmp_path: Path) -> None:
    assert_one_sentence(manage("backup", str(tmp_path)), "does not answer")
