"""Pages that begin behind a row: none is counted or skipped, and rows that come in meanwhile shift nothing."""

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive


@dataclass(frozen=True)
class Order:
    """By one value and, where it is the same, by the key. read: what `write` wrote; may raise ValueError."""

    name: str
    is_descending: bool
    read: Callable[[str], Any]

    def write(self, row: Any) -> str:
        value = getattr(row, self.name)
        return f"{value.isoformat() if isinstance(value, datetime) else value}~{row.pk}"

    def place(self, cursor: str) -> tuple[Any, uuid.UUID] | None:
        """None for what is no cursor of this order."""
        value, _, key = cursor.rpartition("~")
        with suppress(ValueError):
            return self.read(value), uuid.UUID(key)
        return None


@dataclass(frozen=True)
class Page:
    """previous, next: cursors, or empty."""

    rows: Sequence[Any]
    previous: str = ""
    next: str = ""


def _moment(text: str) -> datetime:
    found = parse_datetime(text)
    if found is None or is_naive(found):
        raise ValueError(text)
    return found


def _title(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    return text


NEWEST = Order("created_at", True, _moment)
ORDERS = {
    "newest": NEWEST,
    "oldest": Order("created_at", False, _moment),
    "title": Order("sort_title", False, _title),
    "length": Order("length", True, float),
}


def page(rows: QuerySet[Any], order: Order, size: int, *, after: str = "", before: str = "") -> Page:
    """The first one where the cursor is none, or nothing stands before it any more."""
    place = order.place(before) if before else None
    if place:
        back = list(_ordered(rows.filter(_beyond(order, place, forwards=False)), order, forwards=False)[: size + 1])
        if len(back) >= size:
            shown = back[:size][::-1]
            return Page(shown, order.write(shown[0]) if len(back) > size else "", order.write(shown[-1]))
    elif after and (place := order.place(after)):
        behind = rows.filter(_beyond(order, place, forwards=True))
        found = list(_ordered(behind, order, forwards=True)[: size + 1])
        if found:
            return Page(found[:size], order.write(found[0]), order.write(found[size - 1]) if len(found) > size else "")
        return Page([], after)
    first = list(_ordered(rows, order, forwards=True)[: size + 1])
    return Page(first[:size], "", order.write(first[size - 1]) if len(first) > size else "")


def _ordered(rows: QuerySet[Any], order: Order, *, forwards: bool) -> QuerySet[Any]:
    sign = "-" if order.is_descending == forwards else ""
    return rows.order_by(f"{sign}{order.name}", f"{sign}pk")


def _beyond(order: Order, place: tuple[Any, uuid.UUID], *, forwards: bool) -> Q:
    """Said so that an index on both begins there."""
    value, key = place
    way = "lt" if order.is_descending == forwards else "gt"
    name = order.name
    return Q(**{f"{name}__{way}e": value}) & (Q(**{f"{name}__{way}": value}) | Q(**{f"pk__{way}": key}))
