"""Say which ffmpeg is used, what it can encode with on this host, and why not with the rest."""

from argparse import ArgumentParser
from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from transcriptions import configuration
from transcriptions.engine.cores import usable_cores
from transcriptions.engine.encoders import HARDWARE
from transcriptions.engine.hardware import Findings


class Command(BaseCommand):
    help = "Say what ffmpeg can encode pictures with on this host"
    requires_system_checks = ()  # the model is of no interest here

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="try the hardware anew, whatever is remembered")

    def handle(self, *, again: bool, **options: object) -> None:
        try:
            found = configuration.found_hardware(again=again)
        except OSError:
            raise CommandError("There is no ffmpeg on this machine. Run `make install`, or install ffmpeg.") from None
        for line in _lines(found):
            self.stdout.write(line)


def _lines(found: Findings) -> Iterator[str]:
    yield f"ffmpeg {found.version}"
    if not settings.ENABLE_FFMPEG_HW_ACCEL:
        yield "hardware: switched off by ENABLE_FFMPEG_HW_ACCEL"
    titles = {encoder.name: encoder.title for encoder in HARDWARE}
    for tried in found.tried:
        yield f"{titles[tried.name]}, {tried.name}: {tried.why_not or 'works'}"
    yield f"software: {found.software or 'none'}"
    yield f"used: {', then '.join(encoder.name for encoder in found.encoders()) or 'none'}"
    yield f"draws subtitles: {'yes' if found.burns else 'no, it was built without libass'}"
    yield f"cores: {usable_cores()}"
