"""Hostile files: none is answered with anything but a transcript or a sentence, soon, and nothing is left behind."""

from dataclasses import replace
from pathlib import Path, PurePosixPath
from pkgutil import resolve_name

import pytest
from django.conf import settings

from accounts.models import User
from tests.conftest import Accept
from tests.hostile import table, verdict
from tests.hostile.manifest import NAME, Entry
from tests.hostile.table import NONE, NOT_WATCHED, Line
from tests.hostile.verdict import EXAMINE, Verdict
from transcriptions import configuration
from transcriptions.models import Media

FFMPEG = configuration.ffmpeg()
ENTRY = Entry("h1", Path("/data/a|b.mp3"), "broken", "reject", "no sound", "../x|y\r\nz")
REFUSED = Verdict("not_media", seconds=0.5, peak_bytes=30 * 1024**2, said="No media.")


@pytest.mark.recorded
def test_every_hostile_file_ends_in_a_verdict(hostile: list[Entry], own_folder: Path, tmp_path: Path) -> None:
    examine = resolve_name(EXAMINE)
    faults: dict[str, list[str]] = {}
    for entry in hostile:
        path = entry.path if entry.category == NAME else tmp_path / entry.name
        if path != entry.path:
            path.symlink_to(entry.path)
        line = Line(entry, verdict.judge(FFMPEG, path, examine, prepare=False), NOT_WATCHED)
        if line.faults:
            faults[entry.name] = line.faults
    assert faults == {}


@pytest.mark.recorded
def test_a_hostile_name_is_only_a_title(hostile: list[Entry], alice: User, accept: Accept) -> None:
    named = [entry for entry in hostile if entry.category == NAME or entry.upload_name]
    for entry in named:
        found = accept(alice, entry.path, name=entry.upload_name or entry.path.name)
        assert found.title
        for shown in (found.title, found.file_name):
            assert shown.isprintable()
            assert "/" not in shown
        kept = PurePosixPath(found.transcript.media.storage_key)
        assert kept.name == found.transcript.media.sha256
    assert named
    assert {path.name for path in Path(settings.STORAGE_DIR).rglob("*") if path.is_file()} <= {
        *Media.objects.values_list("sha256", flat=True)
    }


def test_a_line_says_what_was_expected_and_what_came() -> None:
    told = table.table([Line(ENTRY, REFUSED, NONE)], prepare=False).splitlines()
    assert len(told) == 3
    assert told[2].startswith(
        "| h1 | broken | reject, as '../x\\|y\\r\\nz' | not_media | 0.50 | 30 | none | No media. |"
    )


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (Line(ENTRY, replace(REFUSED, seconds=3.0), NONE), "refused only after 3.0 s"),
        (Line(ENTRY, replace(REFUSED, said=f"{ENTRY.path} is bad."), NONE), "names a path"),
        (Line(ENTRY, REFUSED, "AF_INET"), "sockets were opened: AF_INET"),
    ],
)
def test_what_must_never_be_stands_below_the_table(line: Line, fault: str) -> None:
    assert fault in table.summary([line])


def test_what_differs_from_what_was_expected_stands_below_the_table() -> None:
    accepted = Line(ENTRY, replace(REFUSED, code="accepted", said=""), NONE)
    assert "expected reject (no sound), got accepted" in table.summary([accepted])
    late = Line(ENTRY, replace(REFUSED, late=True), NONE)
    assert "got not_media, only when it was prepared" in table.summary([late])
    bomb = Line(replace(ENTRY, category="bomb"), replace(REFUSED, seconds=3.0), NONE)
    assert "Must never be: none" in table.summary([bomb])


def test_a_file_is_examined_in_a_process_of_its_own(spoken: Path) -> None:
    entry = replace(ENTRY, path=spoken, expect="accept", upload_name="")
    (line,) = table.lines([entry], FFMPEG, prepare=True)
    assert (line.faults, line.differs) == ([], False)
    assert line.verdict.sound_seconds > 1
    assert line.sockets in {NONE, NOT_WATCHED}


def test_a_socket_is_seen(spoken: Path) -> None:
    entry = replace(ENTRY, path=spoken)
    (line,) = table.lines([entry], FFMPEG, prepare=False, examine="tests.hostile.misbehaviour:open_a_socket")
    assert line.sockets in {"AF_INET", NOT_WATCHED}
