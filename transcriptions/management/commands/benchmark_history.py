"""Measure a long history: 1,000 hours to search, 10,000 entries to turn over."""

import os
import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.http import QueryDict

from accounts.models import User
from transcriptions.management.made_up import COLLECTOR, SEARCHER, fill
from transcriptions.web import history
from transcriptions.workflow import search

LISTS = ("", "sort=oldest", "sort=title", "sort=length", "state=failed", "tag=weekly", "favourite=on", "language=en")
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
HEADINGS = "processor ms | fastest ms | median ms | slowest ms |\n|---|---|---|---|---|"
SIZES = """
    SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
    WHERE relname IN ('transcriptions_segment', 'transcriptions_passage', 'transcriptions_lexeme') ORDER BY relname
"""


class Command(BaseCommand):
    help = "Measure search and history over made-up recordings. Never where real people are: it only adds rows"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fill", action="store_true", help="make the rows first")
        parser.add_argument("--hours", type=float, default=1000.0, help="to search; default: 1000")
        parser.add_argument("--entries", type=int, default=10_000, help="to turn over; default: 10000")
        parser.add_argument("--times", type=int, default=20, help="that each question is asked; default: 20")

    def handle(self, *, hours: float, entries: int, times: int, **options: Any) -> None:
        if options["fill"]:
            fill(hours, entries)
        self._sizes()
        searcher, collector = (User.objects.get(email=email) for email in (SEARCHER, COLLECTOR))
        asked = {typed: partial(search.find, user=searcher, typed=typed) for typed in QUESTIONS}
        self._measure("what is typed", asked, times)
        lists = {query or "newest": partial(history.shown, collector, QueryDict(query)) for query in LISTS}
        self._measure("list", lists, times)

    def _sizes(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(SIZES)
            for name, table, indexes in cursor.fetchall():
                self.stdout.write(f"{name}: {table / 1e6:.1f} MB, indexes {indexes / 1e6:.1f} MB")

    def _measure(self, heading: str, asked: Mapping[str, Callable[[], Any]], times: int) -> None:
        """Milliseconds; with those of the processors, the database's among them, which other work changes less."""
        self.stdout.write(f"| {heading} | {HEADINGS}")
        all_taken = []
        for name, ask in asked.items():
            ask()
            taken, before = [], _processor_seconds()
            for _ in range(times):
                begun = time.perf_counter()
                ask()
                taken.append((time.perf_counter() - begun) * 1000)
            busy = (_processor_seconds() - before) / times * 1000
            self.stdout.write(f"| {name} | {busy:.0f} | {min(taken):.0f} | {median(taken):.0f} | {max(taken):.0f} |")
            all_taken += taken
        p95 = quantiles(all_taken, n=20)[-1]
        self.stdout.write(f"p95 of all: {p95:.0f} ms, median {median(all_taken):.0f} ms")


def _processor_seconds() -> float:
    """Of this process and of its backend, where the database is on this host."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    status = Path(f"/proc/{pid}/stat")
    used = status.read_text().rpartition(")")[2].split() if status.exists() else ["0"] * 13
    return time.process_time() + (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")
