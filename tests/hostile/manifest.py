"""The list of hostile files in a data folder, which is not part of the project and never copied into it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BOMB, NAME = "bomb", "name"  # categories
REFUSE_SECONDS, REFUSE_BOMB_SECONDS = 2.0, 10.0
ACCEPTED_AT_INTAKE = {"accept", "accept-empty", "accept-or-reject"}
REFUSED_AT_INTAKE = {"reject", "accept-or-reject"}


@dataclass(frozen=True)
class Entry:
    """expect: accept, accept-empty (no words in it), reject, accept-or-reject. upload_name: to be sent under, or ""."""

    name: str
    path: Path
    category: str
    expect: str
    reason: str
    upload_name: str = ""

    @property
    def refuse_seconds(self) -> float:
        return REFUSE_BOMB_SECONDS if self.category == BOMB else REFUSE_SECONDS

    def is_as_expected(self, *, accepted: bool) -> bool:
        return self.expect in (ACCEPTED_AT_INTAKE if accepted else REFUSED_AT_INTAKE)


def read(data: Path) -> list[Entry]:
    """data: the folder with hostile/manifest.jsonl. Raises FileNotFoundError."""
    folder = data / "hostile"
    return [_entry(json.loads(line), folder) for line in (folder / "manifest.jsonl").read_text().splitlines()]


def _entry(told: dict[str, Any], folder: Path) -> Entry:
    return Entry(
        name=told["id"],
        path=folder / told["path"],
        category=told["category"],
        expect=told["expect"],
        reason=told["reason"],
        upload_name=told.get("upload_filename") or "",
    )
