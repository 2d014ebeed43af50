"""Run a worker until it is told to stop: `worker media` or `worker speech`."""

from argparse import ArgumentParser

import django_rq
from django.core.management.base import BaseCommand, CommandError

from transcriptions import traces
from transcriptions.engine.errors import EngineError
from transcriptions.models import WorkerProcess
from transcriptions.sentences import sentence
from transcriptions.worker import ResidentWorker


class Command(BaseCommand):
    help = "Run a worker: media (ffmpeg, voice activity) or speech (the resident model)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=WorkerProcess.Kind.values)

    def handle(self, *, kind: str, **options: object) -> None:
        traces.begin(kind)
        queue = django_rq.get_queue(kind)
        try:
            ResidentWorker(kind, queue, queue.connection).work(logging_level=None)
        except EngineError as error:
            raise CommandError(f"{sentence(error.code, **error.values)} ({error.detail})") from None
