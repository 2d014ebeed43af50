"""The units for a machine without Docker: systemd understands them, what they start is there, and they are closed."""

import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

from tests.deploy.commands import assert_all_are_settings, assert_it_can_be_run
from tests.environment import not_run

UNITS = Path(__file__).resolve().parent.parent.parent / "deploy/systemd"
SERVICES = sorted(UNITS.glob("*.service"))
HARDENING = UNITS / "transcribe-.service.d/hardening.conf"
PYTHON = "/srv/transcribe/.venv/bin/python"
MOST_EXPOSED = 2.5  # of 10, by systemd's own measure
KINDS = {"transcribe-web", "transcribe-media@", "transcribe-speech@", "transcribe-watch@"} | {
    "transcribe-cleanup",
    "transcribe-backup",
}


def analyze(*words: str, units: Path) -> str:
    program = shutil.which("systemd-analyze")
    if not program:
        not_run("there is no systemd-analyze; Debian has it in the package systemd")
    ended = subprocess.run(
        [program, *words],
        env={"SYSTEMD_UNIT_PATH": f"{units}:", "SYSTEMD_COLORS": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, of an installation that is there."""
    units = tmp_path / "units"
    shutil.copytree(UNITS, units)
    for unit in units.glob("*.service"):
        unit.write_text(unit.read_text().replace(PYTHON, sys.executable))
    return units


def read(unit: Path) -> dict[str, list[str]]:
    """What a [Service] says: a name may stand there more than once."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", unit.read_text().partition("[Service]")[2], re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def test_every_kind_of_process_has_its_unit() -> None:
    assert {unit.stem for unit in SERVICES} == KINDS


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_what_a_unit_starts_is_there(unit: Path) -> None:
    (command,) = read(unit)["ExecStart"]
    python, *words = command.split()
    assert python == PYTHON
    assert_it_can_be_run(words)


def test_systemd_understands_them(installed: Path) -> None:
    units = sorted([*installed.glob("*.service"), *installed.glob("*.timer"), *installed.glob("*.target")])
    said = analyze("verify", *map(str, units), units=installed)
    assert [line for line in said.splitlines() if str(installed) in line or "transcribe" in line] == []


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_unit_is_closed(unit: Path, installed: Path) -> None:
    said = analyze("security", "--offline=yes", str(installed / unit.name), units=installed)
    exposed = re.search(r"Overall exposure level for \S+ ([\d.]+)", said)
    assert exposed, said
    assert float(exposed[1]) <= MOST_EXPOSED


def test_ffmpeg_may_have_its_room() -> None:
    """See engine.room: a user's and a network's namespace of its own, and no new privileges."""
    hardening = read(HARDENING)
    assert hardening["RestrictNamespaces"] == ["user net"]
    assert hardening["NoNewPrivileges"] == ["yes"]
    assert "PrivateUsers" not in hardening
    assert "unshare" in analyze("syscall-filter", "@process", units=UNITS)
    assert not any("@process" in calls for calls in hardening["SystemCallFilter"])


def test_every_variable_is_a_setting() -> None:
    example = (UNITS / "environment.example").read_text()
    names = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    for unit in (*SERVICES, HARDENING):
        for line in read(unit).get("Environment", []):
            names |= set(re.findall(r"(?:^| )([A-Z_]+)=", line))
    assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "DATA_DIR", "WHISPER_DEVICE_INDEX"} <= names
    assert_all_are_settings(names)


def test_what_comes_now_and_then_has_its_time() -> None:
    for timer in UNITS.glob("*.timer"):
        parsed = RawConfigParser()
        parsed.read(timer)
        assert (UNITS / f"{timer.stem}.service").exists()
        analyze("calendar", parsed["Timer"]["OnCalendar"], units=UNITS)
