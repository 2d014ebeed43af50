"""A text that is being corrected: its lines, what is done to them, and what others do meanwhile. JSON, for scripts.

Whoever changes a line says which version of it they have seen. Where it is another by now the answer is 409 with what
stands there; what cannot be done is 400 with a sentence.
"""

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Callable
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.models import User
from transcriptions.models import Change, Level, Transcription
from transcriptions.progress import announcements
from transcriptions.sentences import sentence
from transcriptions.threads import in_thread
from transcriptions.web import people
from transcriptions.web.access import Reader, entry_of, open_to, reader_of
from transcriptions.web.durations import clock
from transcriptions.web.events import PING_SECONDS, REST_SECONDS, RETRY_MILLISECONDS, still
from transcriptions.workflow import checking, comments, edit, history, lines, rehear, replace, undo
from transcriptions.workflow.intake import Refused
from transcriptions.workflow.pen import Conflict

PAGE = 200  # lines
CHANGES = 50  # of the list of changes, at once

Values = dict[str, Any]
Do = Callable[..., object]


class Malformed(Exception):  # noqa: N818 - no script of ours sends it
    """A value is missing or is none of its kind."""


@require_safe
@open_to(Level.READ)
def page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Lines from ?since= seconds on, and what a page needs to know to have them corrected."""
    entry = reader.entry
    change = lines.latest(entry)  # first: what comes in between is told once more
    found = lines.page(entry, since=_seconds(request.GET.get("since", "0")) or 0.0, most=PAGE)
    shown = {"lines": [_line(line) for line in found.lines], "following": found.following, "change": change}
    return _json({**shown, **_standing(entry, reader.user), "doubtful_below": settings.DOUBTFUL_BELOW})


def opening(entry: Transcription, user: User) -> Values:
    """For the script of the page: as far as it knows of changes, and what stands. Asked before the text is read."""
    words = {"doubtful_below": settings.DOUBTFUL_BELOW, "longest_name": edit.LONGEST_NAME}
    return {"change": lines.latest(entry), **words, **_standing(entry, user)}


@require_POST
@open_to(Level.EDIT)
def act(request: HttpRequest, reader: Reader, action: str) -> HttpResponse:
    """One change. The answer is what has changed since ?change=, the last that the page knows of."""
    if action not in ACTIONS:
        raise Http404
    user, entry = cast(User, request.user), reader.entry
    do, read = ACTIONS[action]
    try:
        known = _number(request, "change")
        do(entry=entry, user=user, now=timezone.now(), **read(request))
    except Malformed:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    except Refused as refused:
        return _refusal(refused)
    except Conflict as conflict:
        standing = {"lines": [_line(line) for line in conflict.lines], "change": lines.latest(entry)}
        return _json(standing, status=HTTPStatus.CONFLICT)
    return _json({**_changed(entry, known), **_standing(entry, user)})


@require_POST
@open_to(Level.EDIT)
def find(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What a replacement would do, before it does it."""
    try:
        found = replace.preview(entry=reader.entry, wanted=_wanted(request)["wanted"])
    except Refused as refused:
        return _refusal(refused)
    samples = [{**vars(sample), "clock": clock(sample.start)} for sample in found.samples]
    return _json({"places": found.places, "lines": found.lines, "samples": samples})


@require_safe
@open_to(Level.EDIT)
def doubt(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The next word after ?after= seconds that the recognition was not sure of."""
    seconds = _seconds(request.GET.get("after", "0"))
    found = checking.next_doubt(reader.entry, seconds=seconds if seconds is not None else -1.0)
    return _json({"line": _line(found.line) if found else None, "word": found.word if found else None})


@require_safe
@open_to(Level.EDIT)
def changes(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Who has done what to the text and when, the last first; ?before= a change goes on."""
    given = request.GET.get("before", "")
    before = int(given) if re.fullmatch(r"[0-9]{1,18}", given) else None
    found = [
        {
            "change": change.pk,
            "kind": change.kind,
            "label": _label(change),
            "who": people.name(change.user, reader) if change.user else "",
            "at": change.made_at,
            "undone": change.is_undone,
            "lines": change.lines,
            "start": change.at,
            "before": change.before,
            "after": change.after,
        }
        for change in undo.history(reader.entry, before=before)[:CHANGES]
    ]
    return _json({"changes": found})


def _label(change: Any) -> str:
    """What was done; of speakers, with the name that was given."""
    is_named = change.kind in {Change.Kind.SPEAKER, Change.Kind.RENAME} and change.speaker
    label = str(change.get_kind_display())
    return f"{label}: {change.speaker}" if is_named else label


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Level.EDIT)
def recognise_again(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What this person has had recognised again, beside what stands there. POST: have it done, in the place of that."""
    user, entry = cast(User, request.user), reader.entry
    try:
        if request.method == "POST":
            chosen = {name: request.POST.get(name, "") for name in ("language", "preset", "hotwords")}
            times = {name: _time(request, name) for name in ("start", "end")}
            rehear.ask(entry=entry, user=user, chosen=chosen, now=timezone.now(), **times)
    except Malformed:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    except Refused as refused:
        return _refusal(refused)
    return _json({"rehearing": _rehearing(entry, user)})


def _rehearing(entry: Transcription, user: User) -> Values | None:
    found = rehear.of(entry, user)
    if found is None:
        return None
    length = max(found.end_seconds - found.start_seconds, 0.001)
    shown = {
        "state": found.state,
        "done": min(found.heard_seconds / length, 1.0),
        "start": found.start_seconds,
        "end": found.end_seconds,
        "clocks": [clock(found.start_seconds), clock(found.end_seconds)],
        "sentence": sentence(found.error_code) if found.error_code else "",
    }
    return {**shown, **vars(rehear.compare(entry, found))} if found.state == found.State.DONE else shown


@require_POST
@login_required
def earlier(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    """Back to the corrected text of before it was transcribed again."""
    history.go_back(entry=entry_of(cast(User, request.user), entry_id), now=timezone.now())
    return redirect("transcript", entry_id)


@require_GET
async def follow(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """What others change, as server-sent events whose ids are the changes' numbers; after Last-Event-ID or ?change=.

    That there are other comments than those of ?comments= is told, too, to whoever may read them.
    """
    reader = await in_thread(partial(reader_of, request, entry_id))
    if reader is None:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    given = request.headers.get("Last-Event-ID") or request.GET.get("change") or "0"
    known = int(given) if re.fullmatch(r"[0-9]{1,18}", given) else 0
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    following = _following(request, reader.entry, known)
    return StreamingHttpResponse(following, content_type="text/event-stream", headers=headers)


async def _following(request: HttpRequest, entry: Transcription, known: int) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MILLISECONDS}\n\n"
    said = request.GET.get("comments")  # None: who asks shows none
    async with announcements.of(entry.transcript_id) as told:
        while True:
            told.clear()
            try:
                found = await in_thread(partial(_look, request, entry, known))
            except Http404:  # deleted, revoked, or over another text now: the page begins anew
                yield "event: end\ndata:\n\n"
                return
            told_before, said = said, found.pop("comments", said)
            if told_before is not None and told_before != said:
                yield "event: comments\ndata:\n\n"
            if found["change"] > known:
                known = found["change"]
                yield f"event: lines\nid: {known}\ndata: {json.dumps(found)}\n\n"
            await asyncio.sleep(REST_SECONDS)
            try:
                await asyncio.wait_for(told.wait(), PING_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"


def _look(request: HttpRequest, entry: Transcription, known: int) -> Values:
    reader = still(request, entry)
    if reader.entry.transcript_id != entry.transcript_id:
        raise Http404
    said = {"comments": comments.mark(entry)} if reader.can_comment else {}
    if lines.latest(entry) == known:
        return {"change": known, **said}
    return {**_changed(entry, known), **_standing(entry), **said}


def _changed(entry: Transcription, known: int) -> Values:
    """lines: None where so much has changed that the page reads all of them anew."""
    found = lines.changed(entry, known)
    shown = None if found.lines is None else [_line(line) for line in found.lines]
    return {"change": found.change, "lines": shown, "gone": found.gone}


def _standing(entry: Transcription, user: User | None = None) -> Values:
    progress = checking.progress(entry)
    standing: Values = {
        "checked": progress.checked,
        "of": progress.lines,
        "speakers": checking.speakers(entry),
    }
    if user:
        standing["can_undo"], standing["can_redo"] = undo.can(entry, user)
    return standing


def _line(line: lines.Line) -> Values:
    return {
        "line": line.key,
        "version": line.version,
        "start": line.start,
        "end": line.end,
        "clock": clock(line.start),
        "text": line.text,
        "words": [[word.start, word.end, word.text, word.probability] for word in line.words],
        "speaker": line.speaker,
        "checked": line.checked_at is not None,
    }


def _refusal(refused: Refused) -> JsonResponse:
    return _json({"sentence": sentence(refused.code, **refused.values)}, status=HTTPStatus.BAD_REQUEST)


def _json(values: Values, status: int = HTTPStatus.OK) -> JsonResponse:
    return JsonResponse(values, status=status, headers={"Cache-Control": "no-store"})


# --- What each change takes -----------------------------------------------------------------------------------------
def _nothing(request: HttpRequest) -> Values:
    return {}


def _which(request: HttpRequest) -> Values:
    return {"key": request.POST.get("line", ""), "version": _number(request, "version")}


def _text(request: HttpRequest) -> Values:
    return {**_which(request), "text": request.POST.get("text", "")}


def _place(request: HttpRequest) -> Values:
    """A character of the text, or a time."""
    if "at" in request.POST:
        return {**_which(request), "at": _number(request, "at")}
    return {**_which(request), "seconds": _time(request, "seconds")}


def _times(request: HttpRequest) -> Values:
    return {**_which(request), "start": _time(request, "start"), "end": _time(request, "end")}


def _speaker(request: HttpRequest) -> Values:
    key, until = request.POST.get("line", ""), request.POST.get("until") or None
    onward = request.POST.get("onward") == "1"
    return {"key": key, "until": until, "onward": onward, "speaker": request.POST.get("speaker", "")}


def _rename(request: HttpRequest) -> Values:
    return {"speaker": request.POST.get("speaker", ""), "name": request.POST.get("name", "")}


def _checked(request: HttpRequest) -> Values:
    return {**_which(request), "checked": request.POST.get("checked") == "1"}


def _wanted(request: HttpRequest) -> Values:
    ticked = {name: request.POST.get(name) == "1" for name in ("as_pattern", "any_case", "whole_words")}
    return {"wanted": replace.Wanted(request.POST.get("find", ""), request.POST.get("put", ""), **ticked)}


def _seen(request: HttpRequest) -> Values:
    return {"seen": request.POST.get("seen", "")}


def _number(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    if not re.fullmatch(r"[0-9]{1,18}", given):
        raise Malformed
    return int(given)


def _time(request: HttpRequest, name: str) -> float:
    seconds = _seconds(request.POST.get(name, ""))
    if seconds is None:
        raise Malformed
    return seconds


def _seconds(given: str) -> float | None:
    return float(given) if re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,20})?", given) else None


ACTIONS: dict[str, tuple[Do, Callable[[HttpRequest], Values]]] = {
    "text": (edit.change_text, _text),
    "split": (edit.split, _place),
    "join": (edit.join, _which),
    "times": (edit.change_times, _times),
    "speaker": (edit.set_speaker, _speaker),
    "rename": (edit.rename_speaker, _rename),
    "checked": (edit.mark_checked, _checked),
    "revert": (edit.revert, _which),
    "replace": (replace.replace_all, _wanted),
    "take": (rehear.take, _seen),
    "leave": (rehear.leave, _nothing),
    "undo": (undo.undo, _nothing),
    "redo": (undo.redo, _nothing),
}
