"""Settings from the environment: a wrong one is a sentence, not a traceback."""

from pathlib import Path

import pytest

from tests.management.commands import assert_one_sentence, manage


@pytest.fixture
def empty(tmp_path: Path) -> str:
    """A data folder nobody has used."""
    return str(tmp_path / "data")


@pytest.mark.parametrize("given", [None, "", "   "])
def test_without_a_secret_key_it_does_not_start(empty: str, given: str | None) -> None:
    result = manage("check", SECRET_KEY=given, DATA_DIR=empty)
    assert_one_sentence(result, "Set SECRET_KEY to a long random text, or start with `make run`")
    assert not Path(empty).exists()


def test_the_secret_key_may_stand_in_a_file(empty: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    words = ("shell", "--no-imports", "--command", "from django.conf import settings; print(settings.SECRET_KEY)")
    result = manage(*words, SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "secret"), DATA_DIR=empty)
    assert (result.stdout, result.returncode) == ("from a file\n", 0), result.stderr


def test_the_secret_key_that_make_run_keeps_is_found(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("kept")
    assert manage("check", SECRET_KEY=None, DATA_DIR=str(tmp_path)).returncode == 0


@pytest.mark.parametrize("given", ["transcribe.example.org", "ftp://example.org", "https://", "http://[::1"])
def test_an_address_that_is_none_is_a_sentence(given: str) -> None:
    assert_one_sentence(manage("check", SITE_URL=given), "SITE_URL is the address people type, such as https://")


@pytest.mark.parametrize(
    ("name", "given"),
    [("MAX_UPLOAD_BYTES", "4 GB"), ("MAX_DURATION_HOURS", "many"), ("TIME_ZONE", "Mars"), ("LOG_LEVEL", "loud")],
)
def test_a_value_that_is_none_is_a_sentence(name: str, given: str) -> None:
    assert_one_sentence(manage("check", **{name: given}), name)


@pytest.mark.parametrize(
    "given",
    [
        "recordings",
        "ftp://host/bucket",
        "s3://host",
        "s3://key:hush@host/bucket/folder",
        "s3://key:hush@host:many/bucket",
        "s3://key:hush@host/bucket?colour=red",
        "s3://key:hush@host/bucket?direct=maybe",
        "file://host/folder",
    ],
)
def test_a_storage_that_is_none_is_a_sentence_that_tells_no_secret(given: str) -> None:
    result = manage("check", STORAGE_URL=given)
    assert_one_sentence(result, "STORAGE_URL is s3://KEY:SECRET@host:port/bucket")
    assert "hush" not in result.stderr


def test_a_file_of_a_secret_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    result = manage("check", SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "gone"))
    assert_one_sentence(result, str(tmp_path / "gone"))


def test_no_command_and_a_wrong_one_are_told(empty: str) -> None:
    result = manage("no_such_command", DATA_DIR=empty)
    assert "Unknown command: 'no_such_command'" in result.stderr
    assert result.returncode == 1
