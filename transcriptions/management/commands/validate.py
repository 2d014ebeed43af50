"""Look at files as an upload would be looked at: may they be transcribed, what are they, how long will it take?"""

import json
import sys
import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError

from transcriptions import configuration, estimate, turns
from transcriptions.configuration import current
from transcriptions.engine.errors import EngineError
from transcriptions.engine.examine import examine
from transcriptions.engine.values import Probe
from transcriptions.estimate import Outlook
from transcriptions.sentences import sentence


class Command(BaseCommand):
    help = (
        "Say of each file whether it would be taken, what it is, and how long it takes; exit status 1 when one is not"
    )
    requires_system_checks = ()  # no model is needed

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object a line")

    def handle(self, *, files: list[Path], as_json: bool, **options: Any) -> None:
        try:
            outlook = estimate.outlook()
        except OperationalError:
            self.stderr.write("The database does not answer, so nothing is said of the time it takes.")
            outlook = None
        verdicts = [_verdict(file, outlook) for file in files]
        for verdict in verdicts:
            self.stdout.write(json.dumps(verdict, ensure_ascii=False) if as_json else _in_words(verdict))
        if not all(verdict["accepted"] for verdict in verdicts):
            sys.exit(1)


def _verdict(file: Path, outlook: Outlook | None) -> dict[str, Any]:
    started = time.monotonic()
    said: dict[str, Any] = {"file": str(file)}
    try:
        found = _examined(file)
    except EngineError as error:
        said |= {"accepted": False, "code": error.code, "sentence": sentence(error.code, **error.values)}
        said["detail"] = error.detail
    else:
        said |= {"accepted": True, **asdict(found), "estimate_seconds": _estimate(found, outlook)}
    return {**said, "seconds": round(time.monotonic() - started, 3)}


def _estimate(found: Probe, outlook: Outlook | None) -> list[float] | None:
    """From and to, with what waits in this installation now; None where the length or that is not known."""
    if not outlook or not found.duration_seconds:
        return None
    model, preset = configuration.model_name(), current.WHISPER_PRESET
    place = turns.place(None, found.duration_seconds)
    took = outlook.forecast(length=found.duration_seconds, model=model, preset=preset, place=place)
    return [round(took.low, 1), round(took.high, 1)]


def _examined(file: Path) -> Probe:
    if not file.is_file():
        raise EngineError("no_file")
    if not file.stat().st_size:
        raise EngineError("empty_file")
    return examine(configuration.ffmpeg(), file.absolute())


def _in_words(verdict: dict[str, Any]) -> str:
    if not verdict["accepted"]:
        return f"{verdict['file']}: refused ({verdict['code']}). {verdict['sentence']}"
    length = verdict["duration_seconds"]
    facts = [verdict["container"], f"{length:.1f} s" if length else "of unknown length"]
    for track in verdict["audio_tracks"]:
        named = " ".join(filter(None, (track["language"], track["title"])))
        sound = f"{track['codec']}, {track['sample_rate']} Hz, {track['channels']} channels"
        facts.append(f"track {track['index']}: {sound}{f' ({named})' if named else ''}")
    if took := verdict["estimate_seconds"]:
        facts.append(f"done in {took[0]:.0f} to {took[1]:.0f} s")
    return f"{verdict['file']}: accepted. {'; '.join(facts)}"
