"""Make an empty installation into the one that a backup was made of. For operators; with the site down."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from transcriptions import storage
from transcriptions.dump import DumpError
from transcriptions.workflow.backup import BackupError, restore


class Command(BaseCommand):
    help = "Restore what `backup` saved, into an empty database and storage"
    requires_system_checks = ()  # the model is not there yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--files", action="store_true", help="without the database, which pg_restore has restored")

    def handle(self, *, folder: Path, files: bool, **options: object) -> None:
        try:
            done = restore(folder, database=not files)
        except (BackupError, DumpError) as error:
            raise CommandError(str(error)) from None
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {' '.join(str(error).split())}") from None
        except storage.Unavailable as error:
            raise CommandError(f"The storage cannot be written: {error}") from None
        except OSError as error:
            raise CommandError(f"The folder {folder} cannot be read: {error}") from None
        self.stdout.write(f"files: {done.files}, {done.size_bytes} bytes")
        self.stdout.write(f"secret key: {'there' if done.has_secret_key else 'not in the backup'}")
