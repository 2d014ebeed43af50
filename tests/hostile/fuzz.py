"""Fuzzing: N damaged files, each examined and, where it is accepted, decoded and cut. `python -m tests.hostile.fuzz`.

Files are numbered; a file's damage depends on the seed and its number alone, so that one of them can be made again:
--first NUMBER --count 1.
"""

import json
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue
from random import Random

from tests.hostile import seeds
from tests.hostile.apart import LIMIT_SECONDS, Examiner, examiner
from tests.hostile.mutations import mutate
from tests.hostile.verdict import EXAMINE, LONG_SECONDS, Verdict
from transcriptions import configuration
from transcriptions.engine.ffmpeg import FFmpeg

SLOWEST = 5
SAY_EVERY = 100


@dataclass(frozen=True)
class Plan:
    """count files from number `first` on, `workers` at a time; examine: module:function; limit: seconds a file."""

    count: int
    seed: int
    workers: int = 2
    first: int = 0
    examine: str = EXAMINE
    limit: float = LIMIT_SECONDS


@dataclass(frozen=True)
class Tried:
    """source and source_sha256: the good file; mutations: what was done to it, in words."""

    number: int
    seed: int
    source: str
    source_sha256: str
    mutations: tuple[str, ...]
    size_bytes: int
    verdict: Verdict

    @property
    def is_finding(self) -> bool:
        return bool(self.verdict.faults)


def damaged(number: int, seed: int, sources: Mapping[str, bytes]) -> tuple[str, bytes, tuple[str, ...]]:
    """The name of the good file, its bytes after the damage, and the damage in words."""
    name = list(sources)[number % len(sources)]
    content, mutations = mutate(name, sources, Random(f"{seed}/{number}"))  # noqa: S311 - to be had again
    return name, content, mutations


def fuzz(plan: Plan, sources: Mapping[str, bytes], ffmpeg: FFmpeg, folder: Path) -> Iterator[Tried]:
    """In order. The file of a finding stays in `folder` under its number, the others do not."""
    free: SimpleQueue[Examiner] = SimpleQueue()

    def attempt(number: int) -> Tried:
        name, content, mutations = damaged(number, plan.seed, sources)
        path = folder / str(number)  # without an ending, as in the storage
        path.write_bytes(content)
        one = free.get()
        try:
            verdict = one.verdict(path)
        finally:
            free.put(one)
        if not verdict.faults:
            path.unlink()
        digest = sha256(sources[name]).hexdigest()
        return Tried(number, plan.seed, name, digest, mutations, len(content), verdict)

    with ExitStack() as stack:
        for _ in range(plan.workers):
            free.put(stack.enter_context(examiner(ffmpeg, prepare=True, examine=plan.examine, limit=plan.limit)))
        pool = stack.enter_context(ThreadPoolExecutor(plan.workers))
        stack.callback(pool.shutdown, cancel_futures=True)  # whoever stops reading does not wait for the rest
        yield from pool.map(attempt, range(plan.first, plan.first + plan.count))


def summary(tried: Sequence[Tried], seconds: float) -> str:
    """Markdown: counts by verdict, the slowest, the largest, and every finding with what makes it again."""
    findings = [one for one in tried if one.is_finding]
    counts = Counter(map(_outcome, tried))
    slowest = sorted(tried, key=lambda one: -_seconds(one))[:SLOWEST]
    largest = max((one.verdict.peak_bytes for one in tried), default=0)
    lines = [
        f"{len(tried)} files in {seconds:.0f} s; {len(findings)} findings; "
        f"at most {largest / 1024**2:.0f} MiB in a program",
        "",
        "| verdict | files |",
        "|---|---|",
        *(f"| {outcome} | {count} |" for outcome, count in counts.most_common()),
        "",
        "The slowest:",
        "",
        *(f"- {_seconds(one):.2f} s, {_outcome(one)}, {_origin(one)}" for one in slowest),
    ]
    long = [one for one in tried if one.verdict.long]
    for title, some in (("Findings", findings), (f"More than {LONG_SECONDS:.0f} s of sound", long)):
        lines += ["", f"{title}: {len(some) or 'none'}", *("\n" + _reproduction(one) for one in some)]
    return "\n".join(lines)


def _outcome(one: Tried) -> str:
    verdict = one.verdict
    if verdict.faults:
        return "finding"
    if verdict.long:
        return "accepted, very long"
    return f"accepted, then {verdict.code}" if verdict.late else verdict.code


def _seconds(one: Tried) -> float:
    return one.verdict.seconds + one.verdict.prepare_seconds


def _origin(one: Tried) -> str:
    return f"number {one.number} of seed {one.seed}: {one.source}, {one.size_bytes} bytes; {'; '.join(one.mutations)}"


def _reproduction(one: Tried) -> str:
    told = "".join(f"\n  {line}" for fault in one.verdict.faults for line in fault.splitlines())
    return f"- {_origin(one)}{told}"


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.hostile.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="files; default: 2000")
    parser.add_argument("--seed", type=int, default=1, help="another one damages otherwise; default: 1")
    parser.add_argument("--first", type=int, default=0, metavar="NUMBER", help="the first file's number; default: 0")
    parser.add_argument("--workers", type=int, default=2, help="processes; default: 2")
    parser.add_argument("--examine", default=EXAMINE, metavar="MODULE:FUNCTION", help=f"default: {EXAMINE}")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="for findings.jsonl and the files that made them")
    told = vars(parser.parse_args())
    keep = told.pop("keep")
    with tempfile.TemporaryDirectory(prefix="fuzz-") as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        sources = seeds.make(Path(temporary))
        tried = list(_with_progress(fuzz(Plan(**told), sources, configuration.ffmpeg(), folder), told["count"]))
        findings = [one for one in tried if one.is_finding]
        if keep:
            (keep / "findings.jsonl").write_text("".join(json.dumps(asdict(one)) + "\n" for one in findings))
    sys.stdout.write(summary(tried, time.monotonic() - started) + "\n")
    return bool(findings)


def _with_progress(tried: Iterable[Tried], count: int) -> Iterator[Tried]:
    for done, one in enumerate(tried, start=1):
        if done % SAY_EVERY == 0:
            sys.stderr.write(f"{done} of {count}\n")
        yield one


if __name__ == "__main__":
    sys.exit(main())
