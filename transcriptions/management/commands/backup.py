"""Copy everything that makes the site into a folder. For operators and cron; the site goes on meanwhile."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from transcriptions import storage
from transcriptions.dump import DumpError
from transcriptions.workflow.backup import BackupError, back_up


class Command(BaseCommand):
    help = "Copy the database, the recordings and the secret key into a folder; into the same one again, what is new"
    requires_system_checks = ()  # what is broken is to be saved, too

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--files", action="store_true", help="without the database, which pg_dump saves elsewhere")

    def handle(self, *, folder: Path, files: bool, **options: object) -> None:
        try:
            done = back_up(folder, database=not files)
        except (BackupError, DumpError) as error:
            raise CommandError(str(error)) from None
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {' '.join(str(error).split())}") from None
        except storage.Unavailable as error:
            raise CommandError(f"The storage cannot be read: {error}") from None
        except OSError as error:
            raise CommandError(f"The folder {folder} cannot be written: {error}") from None
        gone = f", {done.removed} removed" if done.removed else ""
        self.stdout.write(f"files: {done.files}, {done.size_bytes} bytes; {done.copied} copied{gone}")
        self.stdout.write(f"database: {'saved elsewhere' if files else 'saved'}")
        kept = "saved" if done.has_secret_key else "not kept by the site: save it where you keep it"
        self.stdout.write(f"secret key: {kept}")
