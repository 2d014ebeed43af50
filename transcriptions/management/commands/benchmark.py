"""Measure this engine against others on recorded speech: no database, no queue, no account."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from benchmarks.systems import AGAINST, PROGRAMS, SYSTEMS
from benchmarks.values import BenchmarkError, Plan
from transcriptions import configuration
from transcriptions.engine.device import choose
from transcriptions.engine.errors import EngineError
from transcriptions.sentences import sentence


class Command(BaseCommand):
    help = "Measure speed, memory and errors against faster-whisper; writes benchmarks.md and a picture into --out"
    requires_system_checks = ()  # the model asked for need not be the default one

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, help="folder with speech/manifest.jsonl and the recordings it names")
        parser.add_argument("--against", choices=AGAINST, default=AGAINST[0], help="what to compare with")
        parser.add_argument("--model", default="", help="default: WHISPER_MODEL")
        parser.add_argument(
            "--files", nargs="+", default=[], metavar="ID", help="recordings or sets; default: dev ones"
        )
        parser.add_argument("--systems", nargs="+", default=[], metavar="NAME", help=f"of {', '.join(SYSTEMS)}")
        parser.add_argument("--repeat", type=int, default=1, metavar="N", help="medians over so many; default: 1")
        parser.add_argument("--hour", action="store_true", help="also a recording of sixty minutes, for the memory")
        parser.add_argument("--device", default=settings.WHISPER_DEVICE)
        parser.add_argument("--compute-type", default=settings.WHISPER_COMPUTE_TYPE)
        parser.add_argument("--out", type=Path, default=Path(settings.BASE_DIR, "docs"), help="default: docs")
        parser.add_argument("--raw", type=Path, default=Path(settings.DATA_DIR, "benchmark.json"), help="raw results")
        parser.add_argument("--report-only", action="store_true", help="write the report anew from the raw results")

    def handle(self, *, raw: Path, out: Path, report_only: bool, **options: Any) -> None:
        try:
            from benchmarks import run  # noqa: PLC0415 - its packages are only where somebody measures
        except ModuleNotFoundError as error:
            raise CommandError(f"Measuring needs {error.name}: install the extra `benchmark`.") from None
        try:
            if report_only:
                run.report_again(raw, out)
            else:
                run.run(_plan(raw=raw.absolute(), out=out.absolute(), **options), self._say)
        except EngineError as error:
            raise CommandError(f"{sentence(error.code, **error.values)} ({error.detail or error.code})") from None
        except (BenchmarkError, ValueError) as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError(f"Interrupted; --report-only writes the report of what is in {raw}.") from None
        self._say(f"The report is in {out}, the raw results are in {raw}.")

    def _say(self, sentence: str) -> None:
        self.stderr.write(sentence, self.style.NOTICE)


def _plan(*, data: Path | None, model: str, device: str, compute_type: str, repeat: int, **options: Any) -> Plan:
    """Raises CommandError, EngineError when the model is not there, ValueError for a device nobody knows."""
    if data is None:
        raise CommandError("Name the folder of recorded speech with --data.")
    if repeat < 1:
        raise CommandError("Measure at least once: --repeat 1.")
    name = model or configuration.model_name()
    return Plan(
        data=data.absolute(),
        out=options["out"],
        raw=options["raw"],
        model=name,
        folder=configuration.model_key(name).folder.absolute(),
        device=choose(device, compute_type, settings.WHISPER_DEVICE_INDEX),
        programs={program: path for program in PROGRAMS if (path := configuration.program(program))},
        files=tuple(options["files"]),
        systems=tuple(options["systems"]),
        against=options["against"],
        repeat=repeat,
        hour=options["hour"],
    )
