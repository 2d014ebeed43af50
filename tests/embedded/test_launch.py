"""`make run`: everything under one command, and nothing left when it ends, however it ends."""

import http.client
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.embedded.processes import alive, end, environment, free_port, kill, postgres_pid, start, started, until

LAUNCH = ("-m", "transcribe_site.launch")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("launched") / "data"


def refusal(data: Path, **changes: str) -> str:
    """The one sentence it ends with."""
    with started(start(data, *LAUNCH, **changes)) as process:
        status, complaint = end(process)
    assert status == 1
    assert "Traceback" not in complaint
    assert len(complaint.splitlines()) == 1, complaint
    assert alive(data) == []
    return complaint


def lines_until_ready(process: subprocess.Popen[str]) -> list[str]:
    lines: list[str] = []
    assert process.stdout
    assert process.stderr
    while not (lines and "is ready" in lines[-1]):
        line = process.stdout.readline()
        assert line, "".join(lines) + process.stderr.read()
        lines.append(line.strip())
    return lines


def ask(port: int, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request("POST" if body else "GET", path, body, {**form, **headers})
    response = connection.getresponse()
    response.body = response.read().decode()  # type: ignore[attr-defined]
    connection.close()
    return response


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "²", "8000 "])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    assert f"PORT is a number from 1 to 65535, not {port!r}." in refusal(tmp_path / "data", PORT=port)


def test_a_taken_port_is_refused_with_another_one(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refusal(tmp_path / "data", PORT=str(port))
    assert said.startswith(f"Port {port} on 127.0.0.1 cannot be used (")
    assert f"make run PORT={port + 1}" in said


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.1"])
def test_an_address_of_another_machine_is_refused(tmp_path: Path, host: str) -> None:
    assert f"on {host} cannot be used" in refusal(tmp_path / "data", HOST=host)


def test_a_data_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert str(tmp_path / "file") in refusal(tmp_path / "file" / "data", PORT=str(free_port()))


def test_a_setting_that_is_wrong_is_told(data: Path) -> None:
    said = refusal(data, PORT=str(free_port()), SITE_URL="transcribe.example.org")
    assert "SITE_URL is the address people type" in said


def test_a_database_that_does_not_answer_is_told(data: Path) -> None:
    said = refusal(data, PORT=str(free_port()), DATABASE_URL="postgres://nobody@127.0.0.1:9/none")
    assert "database" in said.lower()


def test_the_whole_of_it(data: Path) -> None:
    """One story, because starting takes longest: first start, a second run refused, a kill, a start again, an end."""
    port = free_port()
    with started(start(data, *LAUNCH, PORT=str(port))) as killed:
        said = lines_until_ready(killed)
        assert said[-1] == f"Transcribe Site is ready: http://localhost:{port}"
        account = re.fullmatch(r"First account: (\S+)  password: (\S+)  \(shown only this once\)", said[-2])
        assert account
        assert ask(port, "/healthz").status == 200
        assert sign_in(port, *account.groups()) == 302
        assert_a_second_run_is_refused(data)
        assert_secrets_are_kept(data, account[2])
        kill(killed.pid)
        killed.wait()
        assert until(lambda: alive(data) == [], 30), alive(data)

    with started(start(data, *LAUNCH, PORT=str(port))) as process:
        assert lines_until_ready(process) == [f"Transcribe Site is ready: http://localhost:{port}"]
        assert_postgres_comes_back(data, port, *account.groups())
        process.send_signal(signal.SIGTERM)
        assert end(process) == (0, "")
    assert alive(data) == []
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


def sign_in(port: int, email: str, password: str) -> int:
    page = ask(port, "/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body)  # type: ignore[attr-defined]
    assert token
    cookie = str(page.headers["Set-Cookie"]).split(";", maxsplit=1)[0]
    form = f"csrfmiddlewaretoken={token[1]}&login={email}&password={password}"
    return ask(port, "/accounts/login/", form, Cookie=cookie).status


def assert_a_second_run_is_refused(data: Path) -> None:
    with started(start(data, *LAUNCH, PORT=str(free_port()))) as second:
        status, said = end(second)
    assert (status, len(said.splitlines())) == (1, 1)
    assert f"is using {data}. Wait for it or stop it." in said


def assert_secrets_are_kept(data: Path, password: str) -> None:
    assert (data / "secret_key").stat().st_mode & 0o077 == 0
    kept = "".join(file.read_text(errors="replace") for file in (data / "logs").iterdir())
    assert password not in kept
    assert (data / "secret_key").read_text() not in kept + " ".join(alive(data))


def assert_postgres_comes_back(data: Path, port: int, email: str, password: str) -> None:
    """The supervisor starts it again, and the web finds it again."""
    killed = postgres_pid(data)
    kill(killed)
    assert until(lambda: sign_in(port, email, password) == 302, 30)
    assert postgres_pid(data) != killed


def test_the_environment_of_the_tests_is_not_that_of_an_installation(data: Path) -> None:
    assert "SECRET_KEY" not in environment(data)
    assert os.environ["SECRET_KEY"]
