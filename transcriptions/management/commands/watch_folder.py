"""Take in what is put into a folder, as if its person had uploaded it, until told to stop."""

import math
import signal
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any, get_args

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from transcriptions import configuration, locks, storage
from transcriptions.configuration import current
from transcriptions.engine.documents import DocumentError
from transcriptions.engine.formats import FORMATS
from transcriptions.engine.options import PRESETS, Task
from transcriptions.inbox import Changed, Found, Stopped, Watch
from transcriptions.models import Transcript
from transcriptions.sentences import sentence
from transcriptions.workflow import watched
from transcriptions.workflow.intake import PASSING, Refused

POLL_SECONDS = 2.0
REST_SECONDS = 60.0  # when there is no room, the storage does not answer, or a file cannot be read
CHOICES = ("language", "preset", "task", "hotwords")  # of the options, those that the page offers, too


class Command(BaseCommand):
    help = "Take in the recordings that are put into a folder, for a person who has an account"
    requires_system_checks = ()  # no model is needed

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the folder; those below it, too")
        parser.add_argument("--user", required=True, metavar="EMAIL", help="whose history they come into")
        parser.add_argument("--once", action="store_true", help="end when all that is finished now has been taken in")
        parser.add_argument(
            "--settle", type=float, default=10.0, metavar="SECONDS", help="for so long a finished file has not changed"
        )
        originals = parser.add_mutually_exclusive_group()
        originals.add_argument("--move", type=Path, metavar="FOLDER", help="put what was taken in there")
        originals.add_argument("--keep", action="store_true", help="leave it where it is; the default")
        parser.add_argument("--write", default="", metavar="txt,srt,…", help="transcripts to write beside it when done")
        parser.add_argument("--language", default="", help="ISO 639 code; detected by default")
        parser.add_argument("--preset", choices=PRESETS, default=current.WHISPER_PRESET)
        parser.add_argument("--task", choices=get_args(Task), default="transcribe")
        parser.add_argument("--hotwords", default="", help="names and terms that are likely to come")

    def handle(self, *, path: Path, user: str, once: bool, settle: float, write: str, **options: Any) -> None:
        self._told: set[tuple[str, str]] = set()
        self._rests: dict[Found, float] = {}  # until when, by the clock of time.monotonic
        self._stop = threading.Event()
        self._read(path, write, options)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        try:
            self._email, self._user = user, _person(user)
            with locks.alone(f"watch {self._user.pk} {self._root}") as alone:
                if not alone:
                    raise CommandError(f"Another process watches {self._root} for {user} already.")
                self._watch(Watch(self._root, settle_seconds=settle, but=self._folder), settle if once else math.inf)
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"The database does not answer: {str(error).splitlines()[0]}") from None

    def _read(self, path: Path, write: str, options: dict[str, Any]) -> None:
        if not path.is_dir():
            raise CommandError(f"There is no folder {path}.")
        self._root = path.resolve()
        self._folder: Path | None = options["move"].resolve() if options["move"] else None
        if self._folder and self._root.is_relative_to(self._folder):
            raise CommandError(f"{self._folder} holds the watched folder; move to another one.")
        self._format_names = [name for name in write.split(",") if name]
        if unknown := set(self._format_names) - set(FORMATS):
            raise CommandError(f"There is no format {', '.join(sorted(unknown))}; there are {', '.join(FORMATS)}.")
        self._chosen = {name: options[name] for name in CHOICES}
        try:
            chosen = configuration.options(**{name: value for name, value in self._chosen.items() if value})
        except ValueError as error:
            raise CommandError(str(error)) from None
        if chosen.is_beyond_the_model:
            raise CommandError(sentence("english_only"))

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()

    def _watch(self, watch: Watch, seconds: float) -> None:
        """Until told to stop, or until so long has passed and it has looked once more."""
        end = time.monotonic() + seconds
        while not self._stop.is_set():
            now = time.monotonic()
            finished = watch.finished(now)
            self._rests = {found: self._rests[found] for found in finished if found in self._rests}
            went_well = self._take_in([found for found in finished if self._rests.get(found, 0) <= now])
            if self._format_names:
                self._write_transcripts()
            if now >= end or (not went_well and seconds < math.inf):
                return
            self._stop.wait(min(POLL_SECONDS, end - now) if went_well else REST_SECONDS)

    def _take_in(self, ripe: list[Found]) -> bool:
        """False when one, and with it those after it, has to wait."""
        if ripe:
            self._user = _person(self._email)  # the account may have been closed
        return all(self._deal_with(found) for found in ripe)

    def _deal_with(self, found: Found) -> bool:
        try:
            if not self._stop.is_set():
                self._take(found)
                self._rests[found] = math.inf
        except (Stopped, Changed):
            return True  # the loop ends, or the file settles again
        except (Refused, storage.Unavailable) as error:
            self._tell(found.path, f"has to wait ({error.code}). {sentence(error.code)}")
            return False
        except OSError as error:
            self._tell(found.path, f"is left: {error.strerror}.")
            self._rests[found] = time.monotonic() + REST_SECONDS
        return True

    def _take(self, found: Found) -> None:
        """Raises Refused for what passes."""
        if not found.can_be_remembered:
            self._tell(found.path, "is left: its name is not UTF-8, or too long.")
            return
        row = watched.remembered(user=self._user, found=found)
        if row is None:
            self._bring(found)
            row = watched.remembered(user=self._user, found=found)
        if row and not row.error_code and self._folder:
            place = watched.put_away(row=row, found=found, root=self._root, folder=self._folder)
            self._say(f"{found.path}: moved to {place}")

    def _bring(self, found: Found) -> None:
        try:
            entry = watched.take(
                user=self._user, found=found, chosen=self._chosen, stopping=self._stop.is_set, now=timezone.now()
            )
        except Refused as refused:
            if refused.code in PASSING:
                raise
            self._say(f"{found.path}: refused ({refused.code}). {sentence(refused.code, **refused.values)}")
        else:
            self._say(f"{found.path}: taken in, {settings.SITE_URL}{reverse('transcript', args=[entry.pk])}")

    def _write_transcripts(self) -> None:
        for row in watched.over(user=self._user, root=self._root):
            transcript = row.transcription.transcript if row.transcription else None
            if transcript and transcript.state == Transcript.State.FAILED:
                self._tell(Path(row.path), f"failed ({transcript.error_code}).")
                continue
            try:
                places = watched.write_transcripts(row=row, format_names=self._format_names, now=timezone.now())
            except OSError as error:
                self._tell(Path(row.kept_at), f"its transcripts cannot be written: {error.strerror}.")
            except DocumentError as error:
                self._tell(Path(row.kept_at), f"its transcripts cannot be written: {sentence(error.code)}")
            else:
                self._say(f"{row.path}: written {', '.join(str(place) for place in places)}")

    def _tell(self, path: Path, news: str) -> None:
        """Once while it runs: the next look finds the same."""
        if (str(path), news) not in self._told:
            self._told.add((str(path), news))
            self._say(f"{path}: {news}")

    def _say(self, line: str) -> None:
        self.stdout.write(line.encode(errors="backslashreplace").decode())
        self.stdout.flush()


def _person(email: str) -> User:
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active account with the address {email}.")
    return user
