"""Cores: what the process is bound to, cut by what the container is given."""

import os

import pytest

from transcriptions.engine import cores
from transcriptions.engine.cores import quota, usable_cores

FILES = dict[str, str]


def share(membership: str, files: FILES) -> float | None:
    return quota(membership, lambda name: files.get(name, ""))


@pytest.mark.parametrize(
    ("said", "expected"),
    [("150000 100000\n", 1.5), ("max 100000\n", None), ("", None), ("nonsense", None), ("0 0", None), ("-1 0", None)],
)
def test_a_container_of_version_2_sees_its_own_group_as_the_root(said: str, expected: float | None) -> None:
    assert share("0::/\n", {"cpu.max": said}) == expected


def test_the_least_of_all_groups_above_counts() -> None:
    files = {"a/b/cpu.max": "max 100000", "a/cpu.max": "300000 100000", "cpu.max": "800000 100000"}
    assert share("0::/a/b\n", files) == 3


@pytest.mark.parametrize("controllers", ["cpu", "cpu,cpuacct", "cpuacct,cpu"])
@pytest.mark.parametrize("path", ["/", "/docker/abc", "/../.."])
def test_version_1_says_it_in_two_files(controllers: str, path: str) -> None:
    files = {"cpu/cpu.cfs_quota_us": "250000\n", "cpu/cpu.cfs_period_us": "100000\n"}
    membership = f"5:devices:/x\n4:{controllers}:{path}\n0::/\n"
    assert share(membership, files) == 2.5
    assert share(membership, {**files, "cpu/cpu.cfs_quota_us": "-1\n"}) is None


def test_other_controllers_are_not_asked() -> None:
    assert share("3:cpuset:/\n2:cpuacct:/\n", {"cpu/cpu.cfs_quota_us": "1", "cpu/cpu.cfs_period_us": "2"}) is None


@pytest.mark.parametrize(("given", "expected"), [(None, 4), (0.2, 1), (1.0, 1), (1.5, 2), (64.0, 4)])
def test_a_part_of_a_core_is_a_core_and_no_more_than_there_are(
    given: float | None, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2, 3})
    monkeypatch.setattr(cores, "quota", lambda membership, read: given)
    assert usable_cores() == expected


def test_here_there_is_at_least_one() -> None:
    assert usable_cores() >= 1
