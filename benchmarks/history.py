"""A long history, made up and measured: 1,000 hours to search, 10,000 entries to turn over.

`python -m benchmarks.history` fills the database of DATA_DIR or DATABASE_URL with the recordings of two made-up people
and then asks. Never where real people are: it only adds, and tells nobody apart but by address. The words are made of
syllables, but for the commonest, and are as frequent as words are (Zipf and Mandelbrot); half of the recordings are in
Portuguese, half in English.
"""

import argparse
import itertools
import json
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import django
import numpy as np

from transcribe_site import embedded

SEARCHER, COLLECTOR = "searcher@example.org", "collector@example.org"
VOCABULARY = 60_000  # words of a language
SEGMENT_SECONDS, SEGMENT_WORDS, SHARD_SECONDS = 3.6, 10, 120
MEAN_MINUTES = 30
COMMONEST = {
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu"
    " sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter"
    " quem nas me esse eles estão você tinha foram essa num nem suas meu às minha têm coração ação reunião relatório"
    " orçamento telhado biblioteca janeiro música educação situação informação",
    "en": "the be to of and a in that have i it for not on with he as you do at this but his by from they we say her"
    " she or an will my one all would there their what so up out if about who get which go me when make can like time"
    " just him know take people into year your good some could them see other than then now look only come its over"
    " committee library report budget meeting roof spring photosynthesis architecture question understand important",
}
SYLLABLES = {
    "pt": "ca ção ra to men da li ba no ves ti por ção fa zer gra nha lho ou ei re con des tra pre ma so pe ni vo ju",
    "en": "tion ing er ly ment con re pro ter sta ble per ish com de ex in tran sub ver th or an el low wood bur ness",
}
LISTS = ("", "sort=oldest", "sort=title", "sort=length", "state=failed", "tag=weekly", "favourite=on", "language=en")
INDEXES = (
    "CREATE INDEX passages_by_lexeme ON transcriptions_passage USING gin (vector) WITH (gin_pending_list_limit = 256)",
    "CREATE INDEX lexemes_by_trigram ON transcriptions_lexeme USING gin (text gin_trgm_ops)",
)
QUESTIONS = (
    "orçamento",
    "coracao",
    "committee report",
    "roof budget",
    '"reunião de"',
    '"of the library"',
    "educa",
    "informasão",
    "photosyntesis",
    "de que não",
    "people",
    "the good year",
    "biblioteca telhado janeiro",
    "arquitetura inexistente",
    "xyzzyplugh",
)


def words_of(language: str, chance: random.Random) -> list[str]:
    """The commonest first."""
    words = dict.fromkeys(COMMONEST[language].split())
    syllables = SYLLABLES[language].split()
    while len(words) < VOCABULARY:
        words["".join(chance.choices(syllables, k=chance.choice((2, 2, 3, 3, 3, 4, 4, 5))))] = None
    return list(words)


class Speech:
    """Endless text in one language."""

    def __init__(self, language: str, seed: int) -> None:
        self.words = np.array(words_of(language, random.Random(seed)))  # noqa: S311 - nothing secret
        weights = 1.0 / (np.arange(VOCABULARY) + 2.7) ** 1.05
        self.weights = weights.cumsum() / weights.sum()
        self.chance = np.random.default_rng(seed)

    def segments(self, count: int) -> Iterator[list[str]]:
        lengths = self.chance.integers(SEGMENT_WORDS // 2, SEGMENT_WORDS * 3 // 2 + 1, size=count)
        ranks = np.searchsorted(self.weights, self.chance.random(int(lengths.sum())))
        spoken = self.words[ranks].tolist()
        at = 0
        for length in lengths:
            yield spoken[at : at + length]
            at += length


def fill(hours: float, entries: int) -> None:
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - Django is set up by then

    users = get_user_model().objects
    searcher, collector = (users.create_user(email=email, password=None) for email in (SEARCHER, COLLECTOR))
    voices = {language: Speech(language, seed) for seed, language in enumerate(("pt", "en"))}
    lengths = np.random.default_rng(1).lognormal(mean=0.0, sigma=0.7, size=max(1, int(hours * 60 / MEAN_MINUTES)))
    lengths *= hours * 3600 / lengths.sum()
    for number, (seconds, language) in enumerate(zip(lengths.tolist(), itertools.cycle(voices))):
        _recording(searcher, voices[language], language, seconds, number)
    for number in range(entries):
        _recording(collector, voices["en"], "en", 0.0, number)
    _index()


def _index() -> None:
    """All at once, as the migration does where there are transcripts already."""
    from django.db import connection  # noqa: PLC0415

    migration = import_module("transcriptions.migrations.0011_search_what_is_there")
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX passages_by_lexeme, lexemes_by_trigram")
        for statement in (migration.PASSAGES, migration.LEXEMES, *INDEXES, "VACUUM ANALYZE"):
            begun = time.perf_counter()
            cursor.execute(statement)
            print(f"{' '.join(statement.split()[:3])}: {time.perf_counter() - begun:.0f} s")


def _recording(user: Any, speech: Speech, language: str, seconds: float, number: int) -> None:
    from django.db import connection, transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from transcriptions.models import Media, Shard, Transcript, Transcription  # noqa: PLC0415

    now = timezone.now() - timedelta(minutes=37 * number)
    length = seconds or 60.0 + number % 3600
    with transaction.atomic():
        media = Media.objects.create(
            sha256=uuid.uuid4().hex * 2, size_bytes=1_000_000, container="mp3", duration_seconds=length, created_at=now
        )
        transcript = Transcript.objects.create(
            media=media,
            fingerprint="made up",
            reuse_key=uuid.uuid4().hex,
            options={"model": "base", "task": "transcribe"},
            state=Transcript.State.FAILED if number % 50 == 0 and not seconds else Transcript.State.DONE,
            error_code="unreadable",
            language=language,
            duration_seconds=length,
            first_segment_at=now,
            created_at=now,
            last_used_at=now,
        )
        shards = Shard.objects.bulk_create(
            Shard(
                transcript=transcript,
                index=index,
                start_seconds=index * SHARD_SECONDS,
                end_seconds=(index + 1) * SHARD_SECONDS,
                speech=[],
                state=Shard.State.DONE,
            )
            for index in range(int(seconds // SHARD_SECONDS) + bool(seconds))
        )
        columns = "transcript_id, shard_id, position, start_seconds, end_seconds, text, words, avg_logprob,"
        columns += " no_speech_prob, compression_ratio, temperature, revision"
        with connection.cursor() as cursor, cursor.copy(f"COPY transcriptions_segment ({columns}) FROM STDIN") as copy:
            per_shard = int(SHARD_SECONDS / SEGMENT_SECONDS)
            for index, said in enumerate(speech.segments(int(seconds / SEGMENT_SECONDS))):
                start = index * SEGMENT_SECONDS
                shard = shards[min(index // per_shard, len(shards) - 1)]
                step = SEGMENT_SECONDS / len(said)
                timed = [
                    [round(start + place * step, 2), round(start + (place + 1) * step, 2), f" {word}", 0.987]
                    for place, word in enumerate(said)
                ]
                row = (transcript.pk, shard.pk, index, start, start + SEGMENT_SECONDS, " ".join(said).capitalize())
                copy.write_row((*row, json.dumps(timed), -0.2, 0.01, 1.5, 0.0, index))
        title = " ".join(next(speech.segments(1))[:5]).capitalize()
        Transcription.objects.create(
            user=user,
            transcript=transcript,
            title=title[:200],
            file_name="made-up.mp3",
            created_at=now,
            tags=["weekly"] if number % 7 == 0 else [],
            is_favourite=number % 40 == 0,
        )


def measure(name: str, ask: Callable[[], Any], times: int) -> list[float]:
    """Milliseconds; told with those of the processors, the database's among them, which other work changes less."""
    ask()
    taken, before = [], _processor_seconds()
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - begun) * 1000)
    busy = (_processor_seconds() - before) / times * 1000
    print(f"| {name} | {busy:.0f} | {min(taken):.0f} | {median(taken):.0f} | {max(taken):.0f} |")
    return taken


def _processor_seconds() -> float:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def measure_search(times: int) -> None:
    from accounts.models import User  # noqa: PLC0415
    from transcriptions.workflow import search  # noqa: PLC0415

    user = User.objects.get(email=SEARCHER)
    print("| what is typed | processor ms | fastest ms | median ms | slowest ms |\n|---|---|---|---|---|")
    taken = [
        one
        for typed in QUESTIONS
        for one in measure(typed, lambda typed=typed: search.find(user=user, typed=typed), times)  # type: ignore[misc]
    ]
    print(f"p95 of all: {quantiles(taken, n=20)[-1]:.0f} ms, median {median(taken):.0f} ms")


def measure_history(times: int) -> None:
    from django.http import QueryDict  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from transcriptions.web import history  # noqa: PLC0415

    user = User.objects.get(email=COLLECTOR)
    print("| list | processor ms | fastest ms | median ms | slowest ms |\n|---|---|---|---|---|")
    for asked in LISTS:
        measure(asked or "newest", lambda asked=asked: history.shown(user, QueryDict(asked)), times)  # type: ignore[misc]


def sizes() -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_relation_size(oid), pg_table_size(oid), pg_indexes_size(oid) FROM pg_class"
            " WHERE relname IN ('transcriptions_segment', 'transcriptions_passage', 'transcriptions_lexeme')"
        )
        for name, _, table, indexes in cursor.fetchall():
            print(f"{name}: {table / 1e6:.1f} MB, indexes {indexes / 1e6:.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description="Fill a database with a long history and measure it.")
    parser.add_argument("--fill", action="store_true", help="make the rows first")
    parser.add_argument("--hours", type=float, default=1000.0)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=20, help="that each question is asked")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "transcribe_site.settings")
    with embedded.services():
        django.setup()
        if given.fill:
            fill(given.hours, given.entries)
        sizes()
        measure_search(given.times)
        measure_history(given.times)


if __name__ == "__main__":
    main()
