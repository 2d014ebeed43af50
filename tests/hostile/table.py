"""The hostile files of a data folder as a Markdown table: what each was expected to give, and gave.

`python -m tests.hostile.table`. Every file is examined in a process of its own, and once more under strace to see
whether a socket is opened. It is examined under a name without an ending, as in the storage; those whose name is what
is hostile, under their own.
"""

import os
import re
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.hostile import manifest
from tests.hostile.apart import examiner
from tests.hostile.manifest import NAME, Entry
from tests.hostile.verdict import ACCEPTED, EXAMINE, LONG_SECONDS, Verdict
from transcriptions import configuration
from transcriptions.engine.ffmpeg import FFmpeg

LIMIT_SECONDS, PREPARE_LIMIT_SECONDS = 20.0, 120.0
NOT_WATCHED, NONE = "not watched", "none"
# A socket within the machine and the kernel's own are no way out.
SOCKET = re.compile(r"\bsocket\((AF_\w+)")
HARMLESS = {"AF_UNIX", "AF_NETLINK"}
HEADINGS = ("id", "category", "expected", "got", "s", "peak MiB", "sockets", "message, and what is wrong")
PREPARED = ("prepared", "s")


@dataclass(frozen=True)
class Line:
    """sockets: the families of those that lead out of the machine, NONE or NOT_WATCHED."""

    entry: Entry
    verdict: Verdict
    sockets: str

    @property
    def refused(self) -> bool:
        return self.verdict.code != ACCEPTED and not self.verdict.late

    @property
    def differs(self) -> bool:
        return not self.entry.is_as_expected(accepted=not self.refused)

    @property
    def faults(self) -> list[str]:
        """What must never be, whatever was expected."""
        faults = list(self.verdict.faults)
        if self.refused and self.verdict.seconds > self.entry.refuse_seconds:
            faults.append(f"refused only after {self.verdict.seconds:.1f} s")
        if str(self.entry.path) in self.verdict.said:
            faults.append("the sentence names a path")
        if self.sockets not in {NONE, NOT_WATCHED}:
            faults.append(f"sockets were opened: {self.sockets}")
        return faults


def lines(entries: Sequence[Entry], ffmpeg: FFmpeg, *, prepare: bool, examine: str = EXAMINE) -> list[Line]:
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        return [_line(entry, ffmpeg, Path(folder), prepare, examine) for entry in entries]


def _line(entry: Entry, ffmpeg: FFmpeg, folder: Path, prepare: bool, examine: str) -> Line:
    path = entry.path if entry.category == NAME else folder / entry.name
    if path != entry.path:
        path.symlink_to(entry.path)
    limit = PREPARE_LIMIT_SECONDS if prepare else LIMIT_SECONDS
    with examiner(ffmpeg, prepare=prepare, examine=examine, limit=limit) as one:
        verdict = one.verdict(path)
    return Line(entry, verdict, _sockets(path, ffmpeg, folder / f"{entry.name}.trace", prepare, examine))


def _sockets(path: Path, ffmpeg: FFmpeg, trace: Path, prepare: bool, examine: str) -> str:
    """What examining opened, and decoding if that is asked for."""
    strace = shutil.which("strace")
    if not strace:
        return NOT_WATCHED
    before = (strace, "-f", "-qq", "-e", "trace=network", "-o", str(trace))
    with examiner(ffmpeg, prepare=prepare, examine=examine, limit=PREPARE_LIMIT_SECONDS, before=before) as one:
        one.verdict(path)
    if not trace.exists():
        return NOT_WATCHED
    families = set(SOCKET.findall(trace.read_text(errors="replace"))) - HARMLESS
    return ", ".join(sorted(families)) or NONE


def table(rows: Sequence[Line], *, prepare: bool) -> str:
    headings = (*HEADINGS, *PREPARED) if prepare else HEADINGS
    body = [_cells(row) + (_prepared(row) if prepare else ()) for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (headings, ("---",) * len(headings), *body))


def _cells(line: Line) -> tuple[str, ...]:
    verdict, entry = line.verdict, line.entry
    expect = f"{entry.expect}, as {entry.upload_name!r}" if entry.upload_name else entry.expect
    got = (verdict.code or "nothing") if line.refused else ACCEPTED
    notes = [verdict.said if line.refused else "", *line.faults]
    return (
        entry.name,
        entry.category,
        _escaped(expect),
        f"**{got}**" if line.differs else got,
        f"{verdict.seconds:.2f}",
        f"{verdict.peak_bytes / 1024**2:.0f}",
        line.sockets,
        _escaped(" ".join(filter(None, notes))),
    )


def _prepared(line: Line) -> tuple[str, ...]:
    verdict = line.verdict
    if line.refused:
        return "", ""
    sound = f"more than {LONG_SECONDS:.0f} s of sound" if verdict.long else f"{verdict.sound_seconds:.1f} s of sound"
    return (verdict.code if verdict.late else sound), f"{verdict.prepare_seconds:.2f}"


def _escaped(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def summary(rows: Sequence[Line]) -> str:
    """What differs from what was expected, and what must never be."""
    differing = [
        f"- {line.entry.name} {line.entry.path.name}: expected {line.entry.expect} ({line.entry.reason}), "
        f"got {line.verdict.code or 'nothing'}{', only when it was prepared' if line.verdict.late else ''}"
        f"{f' [{line.verdict.detail.splitlines()[0]}]' if line.verdict.detail else ''}"
        for line in rows
        if line.differs
    ]
    faulty = [f"- {line.entry.name}: {fault}" for line in rows for fault in line.faults]
    watched = sum(line.sockets != NOT_WATCHED for line in rows)
    lines = [f"{len(rows)} files; sockets of {watched} of them watched.", ""]
    lines += [f"Other than expected: {len(differing) or 'none'}", *differing, ""]
    return "\n".join([*lines, f"Must never be: {len(faulty) or 'none'}", *faulty])


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.hostile.table", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("SPEECH_DATA_DIR"), help="default: SPEECH_DATA_DIR")
    parser.add_argument("--prepare", action="store_true", help="also decode and cut what is accepted")
    parser.add_argument("--examine", default=EXAMINE, metavar="MODULE:FUNCTION", help=f"default: {EXAMINE}")
    parser.add_argument("--only", nargs="+", metavar="ID", help="of the manifest; default: all")
    told = parser.parse_args()
    if told.data is None or not (told.data / "hostile").is_dir():
        parser.error("name a folder with hostile/manifest.jsonl by --data or SPEECH_DATA_DIR")
    entries = [entry for entry in manifest.read(told.data.absolute()) if not told.only or entry.name in told.only]
    rows = lines(entries, configuration.ffmpeg(), prepare=told.prepare, examine=told.examine)
    sys.stdout.write(f"{table(rows, prepare=told.prepare)}\n\n{summary(rows)}\n")
    return any(row.faults for row in rows)


if __name__ == "__main__":
    sys.exit(main())
