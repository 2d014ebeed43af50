"""What the code imports is named in pyproject.toml, or comes with what is, so that no lock can lose it."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
OWN = {"accounts", "benchmarks", "tests", "transcribe_site", "transcriptions"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
RUNS = {"embedded", "ffmpeg", "gpu", "links", "traces"}


def name_of(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~! ;]", requirement)[0]).lower()


def named(extras: set[str]) -> set[str]:
    return {name_of(each) for each in [*PROJECT["dependencies"], *(one for name in extras for one in EXTRAS[name])]}


def brought(package: str) -> set[str]:
    """What it stands on itself, such as NumPy under CTranslate2."""
    try:
        return {name_of(each) for each in requires(package) or []}
    except PackageNotFoundError:  # of an extra that is not installed here
        return set()


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize(
    ("rooms", "extras"),
    [
        (("accounts", "transcribe_site", "transcriptions"), RUNS),
        (("benchmarks",), RUNS | {"benchmark"}),
        (("tests",), set(EXTRAS)),
    ],
)
def test_every_import_has_its_line(rooms: tuple[str, ...], extras: set[str]) -> None:
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    assert files
    modules = {module for path in files for module in imported(path)} - OWN - set(sys.stdlib_module_names)
    own = named(extras)
    wanted = own.union(*map(brought, own))
    wanted = wanted.union(*map(brought, wanted))  # django-storages brings boto3, which brings botocore
    from_where = packages_distributions()
    unnamed = {module for module in modules if wanted.isdisjoint(map(name_of, from_where.get(module, [module])))}
    assert unnamed == set()
