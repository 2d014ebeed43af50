"""Transcribe one file in this process, with the workers' engine: no database, no queue, no account."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from transcriptions import configuration
from transcriptions.engine import formats, pipeline
from transcriptions.engine.errors import EngineError
from transcriptions.engine.options import Options
from transcriptions.engine.recognise import load_whisper
from transcriptions.engine.values import Segment
from transcriptions.sentences import sentence


class Command(BaseCommand):
    help = "Transcribe a file: the transcript on standard output, progress on standard error"
    requires_system_checks = ()  # the model asked for need not be the default one

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--model", default="", help="default: WHISPER_MODEL")
        parser.add_argument("--language", default="", help="ISO 639 code; detected by default")
        parser.add_argument("--format", choices=formats.FORMATS, default="txt", dest="format_name")
        parser.add_argument("--word-timestamps", action="store_true", help="times of each word, in json")

    def handle(
        self, *, file: Path, model: str, language: str, format_name: str, word_timestamps: bool, **_: object
    ) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        name = model or configuration.model_name()
        started = time.monotonic()
        try:
            options = Options(model=name, language=language, word_timestamps=word_timestamps)
            loaded = load_whisper(configuration.model_key(name))
            self._say(f"{name} loaded in {time.monotonic() - started:.1f} s")
            result = pipeline.transcribe(file.absolute(), ffmpeg=configuration.ffmpeg(), model=loaded, options=options)
            self._write(result, name, format_name)
        except EngineError as error:
            raise CommandError(f"{sentence(error.code, **error.values)} ({error.detail or error.code})") from None
        except ValueError as error:
            raise CommandError(str(error)) from None

    def _write(self, result: pipeline.Transcription, model: str, format_name: str) -> None:
        segments = self._with_progress(result)
        first = next(segments, None)  # the language is known from the first segment on
        language = result.language.code if result.language else ""
        heading = formats.Heading(language, result.probe.duration_seconds, model)
        for piece in formats.FORMATS[format_name].write(heading, _chain(first, segments)):
            sys.stdout.write(piece)
            sys.stdout.flush()

    def _with_progress(self, result: pipeline.Transcription) -> Iterator[Segment]:
        started, first = time.monotonic(), 0.0
        for segment in result.segments:
            first = first or time.monotonic() - started
            yield segment
            self._say(f"{result.heard_seconds:.0f} of {result.probe.duration_seconds or 0:.0f} s")
        seconds = time.monotonic() - started
        language = result.language.code if result.language else "no speech found"
        self._say(f"{language}; first segment after {first:.1f} s, all after {seconds:.1f} s")

    def _say(self, sentence: str) -> None:
        self.stderr.write(sentence, self.style.NOTICE)


def _chain(first: Segment | None, rest: Iterator[Segment]) -> Iterator[Segment]:
    if first is not None:
        yield first
    yield from rest
