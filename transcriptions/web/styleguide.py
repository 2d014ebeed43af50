"""Every component of the pages on one page, in either theme: for whoever changes how they look.

Shows the pages' own templates, with recordings that nobody has made.
"""

import re
import uuid
from itertools import cycle
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from transcriptions.engine.values import Word
from transcriptions.models import Media, Transcript, Transcription
from transcriptions.sentences import sentence
from transcriptions.web import contexts, text
from transcriptions.web.contexts import Entry, Status
from transcriptions.web.durations import clock
from transcriptions.web.language_names import language_name
from transcriptions.web.share_forms import AccountForm
from transcriptions.workflow.lines import Line

THEMES = {"": gettext_noop("As the device has it"), "light": gettext_noop("Light"), "dark": gettext_noop("Dark")}
TOKEN = re.compile(r"^  --([\w-]+): light-dark", re.MULTILINE)
TITLES = ("Interview with Ana Luísa", "Reunião do conselho, 12 de março", "مقابلة")
DOUBTFUL = "budget?"
SAID = (
    ("Ann", "Good morning. Did everybody get the budget?"),
    ("Ann", "It came on Friday."),
    ("João", "Recebi, sim. Falta só o orçamento do telhado."),
)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Staff only; for others there is no such page. ?theme= of THEMES."""
    theme = request.GET.get("theme", "")
    if not getattr(request.user, "is_staff", False) or theme not in THEMES:
        raise Http404
    entries = [_entry(*shown) for shown in zip(cycle(TITLES), _statuses(), strict=False)]
    context = {
        "theme": theme,
        "themes": THEMES.items(),
        "colours": _colours(),
        "entries": entries,
        "entry": entries[0],
        "wrong": AccountForm({"address": "nobody"}),
        "lines": [_line(number, *said) for number, said in enumerate(SAID)],
        "found": {"query": "o", "results": [_result(number, said) for number, (_, said) in enumerate(SAID)]},
        "comments": [_comment(entries[0], is_resolved=False), _comment(entries[0], is_resolved=True)],
        "keys": contexts.keys(),
        **contexts.downloads(),
    }
    return render(request, "transcriptions/styleguide.html", context)


def _colours() -> list[str]:
    tokens = Path(settings.BASE_DIR, "static", "css", "tokens.css").read_text(encoding="utf-8")
    return TOKEN.findall(tokens)


def _statuses() -> list[Status]:
    state = Transcript.State
    some = [
        (state.DONE, "", None),
        (state.QUEUED, "", 0),
        (state.PREPARING, "", 20),
        (state.RECOGNISING, "", 43),
        (state.FAILED, sentence("no_audio"), None),
        (state.CANCELLED, "", None),
    ]
    return [Status(each, str(each.label), said, percent, "") for each, said, percent in some]


def _entry(title: str, status: Status) -> Entry:
    media = Media(duration_seconds=2541.0, container="mp3", audio_tracks=[])
    transcript = Transcript(media=media, state=status.state, duration_seconds=2541.0, language="pt")
    row = Transcription(
        pk=uuid.uuid4(),
        transcript=transcript,
        title=title,
        tags=["budget", "2026"],
        notes="Ask for the drawings." if status.state == Transcript.State.DONE else "",
        is_favourite=status.state == Transcript.State.DONE,
        created_at=timezone.now(),
    )
    return Entry(row, status, clock(2541.0), language_name("pt"), has_text=True)


def _line(number: int, speaker: str, said: str) -> dict[str, Any]:
    """The first is checked."""
    start = number * 4.0
    words = tuple(
        Word(start + place, start + place + 0.9, f" {word}", 0.1 if word == DOUBTFUL else 0.9)
        for place, word in enumerate(said.split())
    )
    return text.line(
        Line(
            key=str(number),
            version=0,
            start=start,
            from_seconds=start,
            to_seconds=start,
            shard=0,
            part=0,
            end=start + 4.0,
            text=said,
            words=words,
            speaker=speaker,
            checked_at=None if number else timezone.now(),
        )
    )


def _result(number: int, said: str) -> dict[str, Any]:
    start = number * 4.0
    return {
        "key": str(number),
        "start": start,
        "clock": clock(start),
        "page": 0,
        "text": text.marked(said, "o"),
    }


def _comment(entry: Entry, *, is_resolved: bool) -> dict[str, Any]:
    row = {"pk": 1, "seconds": 4.0, "is_resolved": is_resolved, "text": "Friday the 6th or the 13th?"}
    return {"row": row, "clock": clock(4.0), "page": 0, "who": "Ann", "can_change": True}
