"""What is stored, in bytes by kind, and what does not fit to the rows. For operators and cron."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from transcriptions import storage
from transcriptions.workflow import inventory


class Command(BaseCommand):
    help = "Lists stored bytes by kind, files without a row and rows without their file; status 1 when any are left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        parser.add_argument(
            "--fix", action="store_true", help="remove files without a row; have rows forget files that are gone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = inventory.take(timezone.now(), repair=options["fix"])
        except inventory.NothingThere:
            raise CommandError(
                "The storage is empty and rows name files in it. Is it the right one, and mounted? Nothing was changed."
            ) from None
        except storage.Unavailable as error:
            raise CommandError(f"The storage cannot be read: {error}") from None
        self.stdout.write(_as_json(found) if options["json"] else "\n".join(_lines(found)))
        if found.orphans:
            sys.exit(1)


def _as_json(found: inventory.Inventory) -> str:
    return json.dumps({**asdict(found), "orphans": found.orphans, "free_bytes": storage.free_bytes()})


def _lines(found: inventory.Inventory) -> list[str]:
    lines = [f"{kind}: {_said(amount)}" for kind, amount in sorted(found.kinds.items())]
    if found.young.files:
        lines.append(f"of these without a row, but too new to count: {_said(found.young)}")
    lines += [f"file without a row: {key}" for key in found.files_without_row]
    lines += [f"row without its file: {key}" for key in found.rows_without_file]
    if found.repaired:
        lines.append(f"put right: {found.repaired}")
    return [*lines, f"orphans: {found.orphans}", f"free: {filesizeformat(storage.free_bytes())}"]


def _said(amount: inventory.Amount) -> str:
    return f"{amount.files} files, {amount.size_bytes} bytes"
