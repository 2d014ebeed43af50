"""Damaged files: a short run of the fuzzing, and that it finds what it is there to find."""

import time
from pathlib import Path
from random import Random

import pytest

from tests.hostile import fuzz, misbehaviour, seeds, verdict
from tests.hostile.apart import examiner
from tests.hostile.fuzz import Plan, damaged, summary
from tests.hostile.mutations import WEIGHTS
from tests.hostile.verdict import ACCEPTED
from transcriptions import configuration
from transcriptions.engine.examine import examine

FFMPEG = configuration.ffmpeg()
MISBEHAVIOUR = "tests.hostile.misbehaviour:"


def test_every_source_is_good(sources: dict[str, bytes], own_folder: Path, tmp_path: Path) -> None:
    for name, content in sources.items():
        path = tmp_path / name
        path.write_bytes(content)
        found = verdict.judge(FFMPEG, path, examine, prepare=True)
        assert (name, found.code, found.faults) == (name, ACCEPTED, ())
        assert 1 < found.sound_seconds < 4


def test_the_sources_are_the_same_every_time(sources: dict[str, bytes], tmp_path: Path) -> None:
    some = ("opus.ogg", "picture.mkv", "moov-in-front.m4a", seeds.AMR)
    assert seeds.make(tmp_path, some) == {name: sources[name] for name in some}


def test_damage_depends_on_seed_and_number_alone(sources: dict[str, bytes]) -> None:
    assert damaged(7, 1, sources) == damaged(7, 1, sources)
    assert damaged(7, 1, sources) != damaged(7, 2, sources)
    assert damaged(7, 1, sources)[0] == damaged(7 + len(sources), 1, sources)[0]


@pytest.mark.parametrize("mutation", WEIGHTS)
@pytest.mark.parametrize("content", [b"\0", b"RIFF", b"OggS" + bytes(300)])
def test_every_mutation_takes_any_content_and_tells_what_it_did(mutation: object, content: bytes) -> None:
    assert callable(mutation)
    for number in range(50):
        changed, told = mutation(content, {"a": content, "b": b"\1\2"}, Random(number))  # noqa: S311
        assert isinstance(changed, bytes)
        assert told


def test_every_damaged_file_ends_in_a_verdict(sources: dict[str, bytes], tmp_path: Path) -> None:
    started = time.monotonic()
    tried = list(fuzz.fuzz(Plan(count=60, seed=0), sources, FFMPEG, tmp_path))
    told = summary(tried, time.monotonic() - started)
    assert [one for one in tried if one.is_finding] == [], told
    assert len({one.verdict.code for one in tried}) > 1
    assert list(tmp_path.iterdir()) == []
    assert "60 files" in told


@pytest.mark.parametrize(
    ("examine", "fault"),
    [
        (misbehaviour.break_down, "ValueError"),
        (misbehaviour.leave_a_child, "a child is left"),
        (misbehaviour.leave_a_file, "a file is left"),
        (misbehaviour.refuse_without_a_sentence, "nobody documented"),
        (misbehaviour.refuse_with_half_a_sentence, "cannot be made"),
        (misbehaviour.refuse_with_a_path, "tells too much"),
    ],
)
@pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
def test_what_must_never_be_is_a_finding(examine: verdict.Examine, fault: str, spoken: Path, own_folder: Path) -> None:
    (found,) = verdict.judge(FFMPEG, spoken, examine, prepare=False).faults
    assert fault in found


def test_a_file_without_a_verdict_in_time_is_a_finding(spoken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.hostile.apart.START_SECONDS", 3.0)
    with examiner(FFMPEG, prepare=False, examine=f"{MISBEHAVIOUR}hang", limit=0.5) as one:
        assert one.verdict(spoken).faults == ("no verdict in 0.5 s",)


def test_a_file_that_ends_its_process_is_a_finding(spoken: Path) -> None:
    with examiner(FFMPEG, prepare=False, examine=f"{MISBEHAVIOUR}die") as one:
        for _ in range(2):  # a new process takes its place
            (found,) = one.verdict(spoken).faults
            assert found.startswith("the process ended with -9")


def test_a_finding_is_kept_and_tells_what_makes_it_again(sources: dict[str, bytes], tmp_path: Path) -> None:
    plan = Plan(count=1, seed=3, first=5, workers=1, examine=f"{MISBEHAVIOUR}break_down")
    (found,) = fuzz.fuzz(plan, sources, FFMPEG, tmp_path)
    name, content, mutations = damaged(5, 3, sources)
    assert (tmp_path / "5").read_bytes() == content
    assert f"number 5 of seed 3: {name}, {len(content)} bytes; {'; '.join(mutations)}" in summary([found], 1.0)
