"""The result cache, for operators: what it is worth, and taking things out of it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from transcriptions.models import Transcript, Transcription
from transcriptions.workflow import cache


class Command(BaseCommand):
    help = "Figures of the result cache; have results not used again; remove those in nobody's history"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        stats = actions.add_parser("stats", help="figures since the installation")
        stats.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
        invalidate = actions.add_parser("invalidate", help="have results not used again; histories keep theirs")
        which = invalidate.add_mutually_exclusive_group(required=True)
        which.add_argument("--entry", metavar="ID", help="the result of an entry: the number in its address")
        which.add_argument("--media", metavar="SHA256", help="all results of a file")
        which.add_argument("--model", metavar="NAME", help="all results of a model")
        which.add_argument("--all", action="store_true", dest="everything", help="all results")
        actions.add_parser("purge", help="remove every result that is in nobody's history")

    def handle(self, *, action: str, **options: Any) -> None:
        if action == "stats":
            stats = cache.stats()
            said = json.dumps(stats) if options["as_json"] else "\n".join(f"{name}: {stats[name]}" for name in stats)
        elif action == "invalidate":
            said = f"{cache.invalidate(_chosen(**options))} results are not used again."
        else:
            said = f"{cache.purge()} results removed."
        self.stdout.write(said)


def _chosen(
    *, entry: str | None, media: str | None, model: str | None, everything: bool, **options: Any
) -> QuerySet[Transcript]:
    if entry:
        try:
            return Transcript.objects.filter(pk=Transcription.objects.get(pk=entry).transcript_id)
        except (ValidationError, Transcription.DoesNotExist):
            raise CommandError(f"There is no entry {entry}.") from None
    if media:
        return Transcript.objects.filter(media__sha256=media)
    return Transcript.objects.filter(options__model=model) if model else Transcript.objects.all()
