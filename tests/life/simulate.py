"""Some time of the site's life, by a seed: people, workers, a sweep, a clean-up, failures and kills.

Everything is real, real files, ffmpeg and PostgreSQL among it, but for the recogniser, which only says how far it has
heard, for drawing text into a video, which not every ffmpeg can, and for the clock. A seed says what happens, but for
how far ffmpeg has come when it is stopped in a file that still arrives.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import django_rq
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from tests.life.clock import Clock
from tests.life.kills import Executioner
from tests.life.orphans import rows_without_their_file
from tests.life.senders import Senders
from transcriptions import temporary
from transcriptions.engine import room
from transcriptions.engine.errors import EngineError
from transcriptions.engine.model_pool import ModelPool
from transcriptions.engine.pictures import Made
from transcriptions.engine.recognise import Figures, Heard
from transcriptions.engine.values import Segment
from transcriptions.models import Rendition, Shard, Transcript, Transcription
from transcriptions.workflow import arrive, clean, follow, history, recognition, render, renditions, retain
from transcriptions.workflow.intake import ReceivedFile, Refused, accept_upload
from transcriptions.workflow.prepare import prepare_next
from transcriptions.workflow.process import process_next

PEOPLE = 4
DEADLY = 0.4  # share of what happens in which somebody may be killed
WINDOW_SECONDS = 4.0
MOST_PARTS = 8  # that come of files while one is heard
LONG_SECONDS = 25 * 3600  # more than MAX_TEMP_AGE_HOURS
LANGUAGES = ("", "en", "pt")
WISHES = (("", None), ("original", None), ("sound", None), ("nothing", None), ("", 1))


class OutOfMemory(Exception):  # noqa: N818
    """Stands for all that nobody expects."""


class Life:
    """`live` for so many seconds of its clock, then `come_to_rest`. `did` counts what happened."""

    def __init__(self, seed: int, files: list[Path]) -> None:
        self._random = Random(seed)  # noqa: S311 - to be repeated, not to be kept secret
        self._files = files
        self._people = 0
        self._senders = Senders(self._random)
        self.clock = Clock()
        self.executioner = Executioner(self._random)
        self.did: Counter[str] = Counter()

    def live(self, seconds: float) -> None:
        with self._started():
            for _ in range(PEOPLE):
                self._join()
            while self.clock.seconds < seconds:
                self._one_thing()
                assert rows_without_their_file() == []
                retain.sweep(timezone.now())
                self.clock.turn(self._random.uniform(0.5, 8))

    def come_to_rest(self) -> None:
        """Nobody does anything any more; the workers finish, and the clean-up comes twice, a day apart.

        What nobody goes on sending is ended first.
        """
        with self._started(), mock.patch.object(self._random, "random", return_value=1.0):  # nothing fails now
            self.clock.turn(settings.UPLOAD_EXPIRES_HOURS * 3600 + 1)
            self._clean_up()
            for _ in range(100):
                self.clock.turn(60)
                retain.sweep(timezone.now())
                while prepare_next(_go_on) or process_next(ModelPool(), _go_on) or render.render_next(_go_on, _nothing):
                    pass
                if not (_unfinished(Transcript, Transcript.LIVE) or _unfinished(Rendition, [Rendition.State.WAITING])):
                    break
            self._clean_up()
            self.clock.turn(LONG_SECONDS)
            self._clean_up()

    def leave(self) -> None:
        """Everybody deletes the account, and texts in nobody's history outlive their time in the cache."""
        with self._started():
            for user in User.objects.order_by("pk"):
                history.delete_account(user=user, now=timezone.now())
            self.clock.turn(settings.CACHE_TTL_HOURS * 3600 + 1)
            self._clean_up()

    @contextmanager
    def _started(self) -> Iterator[None]:
        with (
            self.clock.shown(),
            self.executioner.at_work(),
            mock.patch.object(recognition, "hear", self._hear),
            mock.patch.object(render, "burn", _burn),
            mock.patch.object(follow, "LOOK_SECONDS", 0.0),
            mock.patch.object(room, "STARVING_SECONDS", 0.01),
        ):
            yield

    def _one_thing(self) -> None:
        weighted: dict[Callable[[], object], int] = {
            self._upload: 16,
            self._break_off: 4,
            self._begin_sending: 10,
            self._send: 24,
            self._give_up_sending: 3,
            self._ask_for_pictures: 8,
            self._render: 12,
            self._prepare: 24,
            self._recognise: 40,
            self._cancel: 5,
            self._retry: 8,
            self._delete: 10,
            self._delete_account: 1,
            self._wish: 3,
            self._clean_up: 5,
            self._sweep: 5,
            self._lose_redis: 2,
        }
        (do,) = self._random.choices(list(weighted), list(weighted.values()))
        name = do.__name__.strip("_")
        if self._random.random() >= DEADLY:
            do()
        elif not self.executioner.may_die(do):
            name = f"{name}, killed"
        self.did[name] += 1

    # --- People ------------------------------------------------------------------------------------------------------
    def _join(self) -> None:
        self._people += 1
        kind, days = self._random.choice(WISHES)
        User.objects.create(email=f"person{self._people}@example.org", keep_media=kind, keep_media_days=days)

    def _somebody(self) -> User:
        return self._random.choice(list(User.objects.order_by("pk")))

    def _something(self) -> Transcription | None:
        entries = list(Transcription.objects.select_related("transcript__media", "user").order_by("created_at", "pk"))
        return self._random.choice(entries) if entries else None

    def _upload(self) -> None:
        file, chosen = self._random.choice(self._files), {"language": self._random.choice(LANGUAGES)}
        with temporary.folder("upload") as folder:
            path = Path(shutil.copy(file, folder))
            content = path.read_bytes()
            upload = ReceivedFile(
                name=file.name, path=path, size_bytes=len(content), sha256=sha256(content).hexdigest()
            )
            try:
                accept_upload(user=self._somebody(), upload=upload, chosen=chosen, now=timezone.now())
            except Refused:
                self.did["refused"] += 1

    def _break_off(self) -> None:
        with suppress(ConnectionResetError), temporary.folder("upload") as folder:
            (folder / "0").write_bytes(os.urandom(1000))
            raise ConnectionResetError

    def _begin_sending(self) -> None:
        chosen = {"language": self._random.choice(LANGUAGES)}
        self._senders.begin(self._somebody(), self._random.choice(self._files), chosen)

    def _send(self) -> None:
        self._senders.send()

    def _give_up_sending(self) -> None:
        self._senders.give_up()

    def _ask_for_pictures(self) -> None:
        if entry := self._something():
            renditions.ask(entry=entry, kind=self._random.choice(Rendition.Kind.values), now=timezone.now())

    def _cancel(self) -> None:
        if entry := self._something():
            history.cancel(entry=entry, now=timezone.now())

    def _retry(self) -> None:
        if entry := self._something():
            try:
                history.retry(entry=entry, now=timezone.now())
            except history.RecordingGone:
                self.did["told that the recording is gone"] += 1

    def _delete(self) -> None:
        if entry := self._something():
            history.delete(entry=entry, now=timezone.now())
            self.did["deleted"] += 1

    def _delete_account(self) -> None:
        history.delete_account(user=self._somebody(), now=timezone.now())
        self._join()

    def _wish(self) -> None:
        kind, days = self._random.choice(WISHES)
        User.objects.filter(pk=self._somebody().pk).update(keep_media=kind, keep_media_days=days)

    # --- The machinery -----------------------------------------------------------------------------------------------
    def _stop(self) -> bool:
        return self._random.random() < 0.1

    def _prepare(self) -> None:
        """While it hears a file that still arrives, some more of it may come, or of another."""
        parts = self._random.randrange(MOST_PARTS)

        def stopping() -> bool:
            nonlocal parts
            parts -= 1
            self._senders.send()
            return parts < 0

        prepare_next(stopping)

    def _render(self) -> None:
        stop = self._stop()
        if render.render_next(lambda: stop, _nothing):
            self.did["pictures taken up"] += 1

    def _recognise(self) -> None:
        try:
            process_next(ModelPool(), self._stop)
        except OutOfMemory:
            self.did["failed unexpectedly"] += 1

    def _hear(self, shard: Shard, pool: ModelPool, reached: float, figures: Figures) -> Iterator[list[Heard]]:
        while reached < shard.end_seconds:
            if self._random.random() < 0.03:
                raise OutOfMemory
            if self._random.random() < 0.02:
                raise EngineError("model_unavailable")
            start, reached = reached, min(reached + WINDOW_SECONDS, shard.end_seconds)
            yield [Heard((Segment(start=start, end=reached, text="Some words."),), reached)]

    def _clean_up(self) -> None:
        cleaned = clean.clean_up(now=timezone.now())
        assert cleaned, "nobody else cleans up here"
        self.did["recordings kept smaller or not at all"] += cleaned.reduced
        self.did["lost files found"] += cleaned.lost_files
        self.did["temporary files found"] += cleaned.temporary_files
        self.did["uploads ended"] += cleaned.uploads
        assert not cleaned.failed

    def _sweep(self) -> None:
        retain.sweep(timezone.now())
        arrive.take_in_what_is_complete(timezone.now())

    def _lose_redis(self) -> None:
        django_rq.get_connection("media").flushdb()


def _go_on() -> bool:
    return False


def _nothing() -> None:
    pass


def _unfinished(model: type[Transcript] | type[Rendition], states: Iterable[str]) -> bool:
    return bool(model._default_manager.filter(state__in=states).exists())


def _burn(program: str, source: Path, subtitles: Path, target: Path, **options: Any) -> Made:
    options["progress"](1.0)
    target.write_bytes(subtitles.read_bytes())
    return Made("libx264", target.stat().st_size)
