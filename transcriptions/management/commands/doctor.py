"""Says how the site is, as far as this machine can tell, and what helps. Works with anything broken."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict

from django.core.management.base import BaseCommand

from transcriptions import health
from transcriptions.health import Finding, State

MARKS = {State.GOOD: "ok", State.WARNING: "look", State.BAD: "BAD"}


class Command(BaseCommand):
    help = "Say how everything is that the site needs, and what to do; status 1 when something is bad"
    requires_system_checks = ()  # what they would stop at is what is asked here

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object instead of lines")

    def handle(self, *, as_json: bool = False, **options: object) -> None:
        found = health.look()
        if as_json:
            self.stdout.write(json.dumps({name: _plain(finding) for name, finding in found.items()}))
        else:
            self.stdout.write("\n".join(_lines(found)))
        if health.worst(found) == State.BAD:
            sys.exit(1)


def _plain(finding: Finding) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(finding).items()}


def _lines(found: dict[str, Finding]) -> Iterator[str]:
    for name, finding in found.items():
        yield f"{MARKS[finding.state]:<5}{name}: {finding.said}"
        if finding.todo:
            yield f"     {'':<{len(name)}}  {finding.todo}"
