"""When a transcript will be done: what was measured here, and the work that goes before it.

An estimate says less than the queue knows: what comes later and goes first still overtakes. Counted is what is there
now and is done before, shard by shard, as transcriptions.turns orders it; decoding, which runs beside recognition and
many times as fast, is part of the pace.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from transcriptions import configuration, pace, turns
from transcriptions.models import Speed, Transcript, WorkerProcess
from transcriptions.pace import Pace, Range
from transcriptions.turns import Place


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
    """An unfinished transcript and whose turn it takes: `at` is where it stands in the order, and `length` seconds of
    it are left, which take one speech worker `seconds`."""

    pk: int
    person: int | None
    at: Place
    length: float
    seconds: float

    def until(self, place: Place, length: float) -> float:
        """What of its work is done before another's that has this place and length."""
        if self.at.priority != place.priority or not self.length:
            return self.seconds if self.at.priority < place.priority else 0.0
        return self.seconds * min(max(place.turn + length - self.at.turn, 0.0) / self.length, 1.0)


@dataclass(frozen=True)
class Outlook:
    """What estimates need, read once for all of a page. workers: speech workers alive, counted as one if none is."""

    paces: Paces
    waiting: tuple[Waiting, ...]
    workers: int

    def forecast(self, *, length: float, model: str, preset: str, place: Place) -> Range:
        """Seconds until a recording of `length` seconds that is brought now will be done."""
        its = self.paces.of(model, preset)
        return self._range(its, its.seconds(length), self.waiting, place, length)

    def left(self, transcript: Transcript) -> Range | None:
        """Seconds until it will be done; None while its length is not known. Its media is read."""
        length = transcript.duration_seconds or transcript.media.duration_seconds
        if not length:
            return None
        its = self.paces.of(*kind(transcript))
        seconds = _left(its, length, transcript.recognised_seconds)
        return self._range(its, seconds, self._others(transcript), turns.of(transcript), length)

    def ahead(self, transcript: Transcript) -> tuple[int, int]:
        """How many unfinished transcripts go before it, and how many of them are the same person's."""
        own = (turns.of(transcript), transcript.pk)
        before = [other.person for other in self._others(transcript) if (other.at, other.pk) < own]
        return len(before), sum(person == transcript.asked_by_id is not None for person in before)

    def _others(self, transcript: Transcript) -> Iterable[Waiting]:
        return (other for other in self.waiting if other.pk != transcript.pk)

    def _range(self, its: Pace, seconds: float, others: Iterable[Waiting], place: Place, length: float) -> Range:
        ahead = sum(other.until(place, length) for other in others)
        return its.around((ahead + seconds) / self.workers)


def outlook() -> Outlook:
    known = paces()
    rows = Transcript.objects.filter(state__in=Transcript.LIVE).annotate(length=turns.LENGTH).order_by("pk")
    fields = ("asked_by", "priority", "turn", "length", "recognised_seconds", "options__model", "options__preset")
    waiting = tuple(
        Waiting(
            pk,
            person,
            Place(priority, turn + recognised),
            max(length - recognised, 0.0),
            _left(known.of(model, preset), length, recognised),
        )
        for pk, person, priority, turn, length, recognised, model, preset in rows.values_list("pk", *fields)
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


def _left(its: Pace, length: float, recognised: float) -> float:
    return its.seconds(length) * max(1 - recognised / length, 0.0) if length else 0.0
