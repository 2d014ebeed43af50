"""Transcribe one file in this process, with the workers' engine: no database, no queue, no account."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandError

from transcriptions import configuration
from transcriptions.configuration import current
from transcriptions.engine import formats, model_pool, pipeline
from transcriptions.engine.errors import EngineError
from transcriptions.engine.options import PRESETS, Options, Task
from transcriptions.engine.values import Heading, Segment
from transcriptions.sentences import sentence


class Command(BaseCommand):
    help = "Transcribe a file: the transcript on standard output, progress on standard error"
    requires_system_checks = ()  # the model asked for need not be the default one

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--model", default="", help="default: WHISPER_MODEL")
        parser.add_argument("--language", default="", help="ISO 639 code; detected by default")
        parser.add_argument("--format", choices=formats.FORMATS, default="txt", dest="format_name")
        parser.add_argument("--preset", choices=PRESETS, default=current.WHISPER_PRESET)
        parser.add_argument("--task", choices=get_args(Task), default="transcribe")
        parser.add_argument("--multilingual", action="store_true", help="detect the language anew in each window")
        parser.add_argument("--initial-prompt", default="", help="text in the style that is wanted")
        parser.add_argument("--hotwords", default="", help="names and terms that are likely to come")
        parser.add_argument("--beam-size", type=int, help="hypotheses kept while decoding; default: the preset's")
        parser.add_argument("--track", type=int, help="audio track, counted from 0; default: the file's default")
        parser.add_argument("--no-word-timestamps", action="store_false", dest="word_timestamps")

    def handle(self, *, file: Path, model: str, format_name: str, **arguments: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        name = model or configuration.model_name()
        chosen = {field.name: arguments[field.name] for field in fields(Options) if field.name in arguments}
        started = time.monotonic()
        try:
            options = Options(model=name, **chosen)
            if options.is_beyond_the_model:
                raise CommandError(sentence("english_only"))
            batcher = model_pool.load(configuration.model_key(name))
            self._say(f"{name} loaded in {time.monotonic() - started:.1f} s")
            path = file.absolute()
            result = pipeline.transcribe(path, ffmpeg=configuration.ffmpeg(), batcher=batcher, options=options)
            self._write(result, name, format_name)
        except EngineError as error:
            raise CommandError(f"{sentence(error.code, **error.values)} ({error.detail or error.code})") from None
        except ValueError as error:
            raise CommandError(str(error)) from None

    def _write(self, result: pipeline.Transcription, model: str, format_name: str) -> None:
        segments = self._with_progress(result)
        first = next(segments, None)  # the language is known from the first segment on
        language = result.language.code if result.language else ""
        heading = Heading(language, result.probe.duration_seconds, model)
        for piece in formats.FORMATS[format_name].write(heading, _chain(first, segments)):
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()

    def _with_progress(self, result: pipeline.Transcription) -> Iterator[Segment]:
        started, first = time.monotonic(), 0.0
        for segment in result.segments:
            first = first or time.monotonic() - started
            yield segment
            self._say(f"{result.heard_seconds:.0f} of {result.probe.duration_seconds or 0:.0f} s")
        seconds = time.monotonic() - started
        language = result.language.code if result.language else "no speech found"
        self._say(f"{language}; first segment after {first:.1f} s, all after {seconds:.1f} s")
        again = ", ".join(f"{count} {doubt}" for doubt, count in result.figures.again.items())
        self._say(f"{result.figures.windows} windows; decoded again: {again or 'none'}")

    def _say(self, sentence: str) -> None:
        self.stderr.write(sentence, self.style.NOTICE)


def _chain(first: Segment | None, rest: Iterator[Segment]) -> Iterator[Segment]:
    if first is not None:
        yield first
    yield from rest
