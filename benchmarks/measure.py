"""One system on one item, in this process: `python -m benchmarks.measure`, a job on standard input, an outcome out.

The model is loaded and has heard a very short recording before the clocks start. Does not judge what was heard.
"""

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass

from benchmarks import memory, systems, timings
from benchmarks.systems import Hearing, System
from benchmarks.values import Job, Outcome, Recording, Spent


@dataclass(frozen=True)
class _Heard:
    text: str
    first_at: float | None  # by time.perf_counter()
    hearing: Hearing


def measure(job: Job) -> Outcome:
    with ExitStack() as stack:
        clocks = stack.enter_context(timings.watching()) if job.timed else None
        started = time.perf_counter()
        system = systems.load(job)
        loaded = time.perf_counter()
        if not systems.SYSTEMS[job.system].is_program:
            _hear(system, [job.warm_up])
        if clocks:
            clocks.reset()
        before, programs_before = _spent(), _programs_cpu()
        heard = _hear(system, job.recordings)
        spent, programs_cpu = _spent() - before, _programs_cpu() - programs_before
    overhead = Spent(system.overhead.cpu * len(heard), system.overhead.wall * len(heard))
    firsts = [one.first_at - before.wall - system.overhead.wall for one in heard if one.first_at is not None]
    return Outcome(
        load_seconds=loaded - started,
        spent=spent - overhead,
        first_seconds=min(firsts, default=None),
        peak_bytes=memory.own_peak(),
        texts=tuple(one.text for one in heard),
        windows=sum(one.hearing.windows for one in heard),
        again=dict(sum((Counter(one.hearing.again) for one in heard), Counter())),
        parts=clocks.parts(spent, programs_cpu) if clocks else {},
    )


def _hear(system: System, recordings: Sequence[Recording]) -> list[_Heard]:
    with ThreadPoolExecutor(system.at_once) as pool:
        return list(pool.map(lambda recording: _read(system.hear(recording)), recordings))


def _read(hearing: Hearing) -> _Heard:
    texts: list[str] = []
    first_at = None
    for text in hearing.texts:
        first_at = first_at or time.perf_counter()
        texts.append(text.strip())
    return _Heard(" ".join(texts), first_at, hearing)


def _spent() -> Spent:
    return Spent(time.process_time() + _programs_cpu(), time.perf_counter())


def _programs_cpu() -> float:
    """Of the programs that have ended, ffmpeg for one."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def main() -> None:
    print(json.dumps(asdict(measure(Job.loads(sys.stdin.read())))))


if __name__ == "__main__":
    main()
