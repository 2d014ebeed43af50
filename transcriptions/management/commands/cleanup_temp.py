"""For cron: remove what is past its time, and put lost wake-ups back."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from redis.exceptions import RedisError

from transcriptions import storage
from transcriptions.workflow import clean, retain

WORDS = {
    "sessions": "sessions",
    "uploads": "uploads nobody went on with",
    "entries": "entries thrown away",
    "transcripts": "transcripts",
    "media": "media files in no history",
    "renditions": "made files past their time",
    "deliveries": "told webhooks past their time",
    "reduced": "recordings kept smaller or not at all",
    "lost_files": "files without a row",
    "shard_folders": "shard folders",
    "temporary_files": "temporary files",
}


class Command(BaseCommand):
    help = "Remove what is past its time, nobody's or left behind; put lost work back into the queues"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="remove nothing, and name the files that would go")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object, no sentence")

    def handle(self, *, dry_run: bool = False, as_json: bool = False, **options: object) -> None:
        now = timezone.now()
        try:
            cleaned = clean.clean_up(now=now, dry_run=dry_run)
        except storage.Unavailable as error:
            raise CommandError(f"The storage does not answer: {error}") from None
        self.stdout.write(_as_json(cleaned, dry_run=dry_run) if as_json else _as_text(cleaned, dry_run=dry_run))
        if not dry_run:
            _put_back(now)
        if cleaned and cleaned.failed:
            raise CommandError(f"Of {cleaned.failed} recordings less could not be kept; the log says why.")


def _put_back(now: datetime) -> None:
    try:
        retain.sweep(now)
    except RedisError as error:
        raise CommandError(f"Redis does not answer, so no worker could be woken: {error}") from None


def _as_json(cleaned: clean.Cleaned | None, *, dry_run: bool) -> str:
    return json.dumps({"dry_run": dry_run, "busy": cleaned is None, **(asdict(cleaned) if cleaned else {})})


def _as_text(cleaned: clean.Cleaned | None, *, dry_run: bool) -> str:
    if cleaned is None:
        return "Another clean-up is under way; this one has nothing to do."
    counts = ", ".join(f"{getattr(cleaned, name)} {words}" for name, words in WORDS.items())
    lines = cleaned.files if dry_run else []
    return "\n".join([*lines, f"{'Would remove' if dry_run else 'Removed'} {counts}; {cleaned.freed_bytes} bytes."])
