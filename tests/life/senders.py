"""People who send files little by little: cut off, going on, sending nonsense, losing interest."""

import hashlib
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import Random

from django.utils import timezone

from accounts.models import User
from transcriptions import incoming
from transcriptions.models import Upload
from transcriptions.workflow import arrive
from transcriptions.workflow.intake import Refused

PARTS = (0.1, 0.4, 1.0)  # of a file, sent at once
UNSAID = 0.3  # share of those who do not know yet how long it will be
CHECKED = 0.25  # share of parts that come with a checksum
WRONG = 0.3  # share of these whose checksum is another one


class Senders:
    """Each function does one thing that a sender may do, through the workflow, as the door of uploads does."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._contents: dict[uuid.UUID, bytes] = {}
        self.refused = self.completed = 0

    def begin(self, user: User, file: Path, chosen: Mapping[str, str]) -> None:
        content = file.read_bytes()
        said = None if self._random.random() < UNSAID else len(content)
        now = timezone.now()
        before = set(Upload.objects.values_list("pk", flat=True))
        try:
            arrive.expect(user=user, name=file.name, size_bytes=said, last_modified=None, chosen=chosen, now=now)
        except Refused:
            self.refused += 1
        finally:  # a kill leaves the row, and its sender tries again
            new = Upload.objects.exclude(pk__in=before).values_list("pk", flat=True)
            self._contents |= dict.fromkeys(new, content)

    def send(self) -> None:
        """A part more of a file that somebody sends. It may be the last."""
        upload = self._one()
        if upload is None:
            return
        try:
            with suppress(FileNotFoundError, arrive.Gone), incoming.writer(upload.pk) as writer:
                self._append(upload, writer)
        except Refused:
            self.refused += 1

    def give_up(self) -> None:
        if upload := self._one():
            arrive.give_up(upload, timezone.now())

    def _one(self) -> Upload | None:
        arriving = Upload.objects.filter(completed_at=None, error_code="").select_related("user")
        uploads = list(arriving.order_by("created_at", "pk"))
        return self._random.choice(uploads) if uploads else None

    def _append(self, upload: Upload, writer: incoming.Writer) -> None:
        content = self._contents[upload.pk]
        part = content[writer.size :][: 1 + int(len(content) * self._random.choice(PARTS))]
        if self._random.random() < CHECKED:
            self._append_checked(writer, part)
        else:
            before = writer.size
            writer.write(part)
            if arrive.is_worth_a_look(upload, before, writer.size):
                arrive.look(upload, writer, timezone.now())
        arrive.prolong(upload, timezone.now())
        if writer.size == len(content):
            if upload.size_bytes is None:
                arrive.say_size(upload, writer.size)
            arrive.complete(upload, writer, timezone.now())
            self.completed += 1

    def _append_checked(self, writer: incoming.Writer, part: bytes) -> None:
        said = hashlib.sha256(b"" if self._random.random() < WRONG else part).digest()
        with writer.verified("sha256", said) as verified:
            writer.write(part)
            verified.update(part)
