"""When a transcript will be done: what was measured here, and the work that goes before it.

An estimate says less than the queue knows: work goes by shards, of the most urgent recording first, and what comes
later and is much shorter still overtakes. Counted is what is there now and more urgent, in full; decoding, which runs
beside recognition and many times as fast, is part of the pace.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Coalesce

from transcriptions import configuration, pace
from transcriptions.engine.batching import RANK_A_SECOND
from transcriptions.engine.pipeline import UNKNOWN_SECONDS
from transcriptions.models import Speed, Transcript, WorkerProcess
from transcriptions.pace import Pace, Range


@dataclass(frozen=True)
class Paces:
    """Of everything measured here. Whoever asks may be the web, which need not see the workers' GPU: so the pace of a
    model is that on the device that has last finished something with it."""

    known: dict[tuple[str, str], Pace]

    def of(self, model: str, preset: str | None) -> Pace:
        """Measured; or guessed from another preset of this model; or the prior. Rows of long ago have no preset."""
        preset = preset or ""
        if found := self.known.get((model, preset)):
            return found
        for other, cost in pace.PRESET_COSTS.items():
            if found := self.known.get((model, other)):
                return found.times(pace.preset_cost(preset) / cost)
        return pace.prior(model, str(configuration.device()), preset)


@dataclass(frozen=True)
class Waiting:
    """An unfinished transcript: `seconds` of one speech worker's work are left of it; the lower `rank` goes first."""

    rank: float
    seconds: float


@dataclass(frozen=True)
class Outlook:
    """What estimates need, read once for all of a page. workers: speech workers alive, counted as one if none is."""

    paces: Paces
    waiting: tuple[Waiting, ...]
    workers: int

    def forecast(self, *, length: float, model: str, preset: str, now: datetime) -> Range:
        """Seconds until a recording of `length` seconds that is brought now will be done."""
        its = self.paces.of(model, preset)
        return self._range(its, its.seconds(length), rank(length, now))

    def left(self, transcript: Transcript) -> Range | None:
        """Seconds until it will be done; None while its length is not known. Its media is read."""
        length = transcript.duration_seconds or transcript.media.duration_seconds
        if not length:
            return None
        its = self.paces.of(*kind(transcript))
        return self._range(its, _left(its, length, transcript.recognised_seconds), rank(length, transcript.created_at))

    def ahead(self, transcript: Transcript) -> int:
        """How many unfinished transcripts go before it. Its media is read."""
        length = transcript.duration_seconds or transcript.media.duration_seconds or UNKNOWN_SECONDS
        own = rank(length, transcript.created_at)
        return sum(other.rank < own for other in self.waiting)

    def _range(self, its: Pace, seconds: float, own: float) -> Range:
        ahead = sum(other.seconds for other in self.waiting if other.rank < own)
        return its.around((ahead + seconds) / self.workers)


def outlook() -> Outlook:
    known = paces()
    rows = Transcript.objects.filter(state__in=Transcript.LIVE).annotate(
        length=Coalesce("duration_seconds", "media__duration_seconds", Value(UNKNOWN_SECONDS))
    )
    fields = ("length", "recognised_seconds", "created_at", "options__model", "options__preset")
    waiting = tuple(
        Waiting(rank(length, created_at), _left(known.of(model, preset), length, recognised))
        for length, recognised, created_at, model, preset in rows.order_by("pk").values_list(*fields)
    )
    return Outlook(known, waiting, workers())


def paces() -> Paces:
    """The newest figure of each model and preset."""
    rows: Iterable[Speed] = Speed.objects.order_by("measured_at", "pk")
    return Paces({(row.model, row.preset): pace.of(row) for row in rows})


def workers() -> int:
    return max(1, WorkerProcess.objects.filter(kind=WorkerProcess.Kind.SPEECH).count())


def kind(transcript: Transcript) -> tuple[str, str]:
    """Its model and preset."""
    return transcript.options["model"], transcript.options.get("preset", "")


def fraction(transcript: Transcript) -> float | None:
    """How much of it is recognised, 0 to 1; None while its length is not known."""
    total = transcript.duration_seconds or transcript.media.duration_seconds
    return min(transcript.recognised_seconds / total, 1.0) if total else None


def rank(length: float, created_at: datetime) -> float:
    """As workflow.process claims: waiting makes up for length. The order of two does not change while they wait."""
    return length + RANK_A_SECOND * created_at.timestamp()


def _left(its: Pace, length: float, recognised: float) -> float:
    return its.seconds(length) * max(1 - recognised / length, 0.0) if length else 0.0
