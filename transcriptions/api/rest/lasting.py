"""What lasts of the REST API, in front of Django, where it holds no thread: a body that arrives, events that go on.

Programs alone, by their tokens; a browser has the doors of its pages.
"""

import json
import re
import uuid
from collections.abc import AsyncIterator
from functools import partial
from http import HTTPStatus
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404
from django.urls import reverse

from accounts.models import ApiToken
from transcriptions.api.asked import model_of
from transcriptions.api.bring import bring
from transcriptions.api.limits import admit
from transcriptions.api.refusals import ask_options, refused
from transcriptions.api.rest import problems, shown
from transcriptions.api.values import JSON, ApiError, Call, Caller, Reply, Say, whole
from transcriptions.engine.options import LONGEST_TEXT
from transcriptions.models import Transcription
from transcriptions.threads import in_thread
from transcriptions.uploads.answers import PROBLEM, details
from transcriptions.uploads.form import Fields
from transcriptions.web import events
from transcriptions.web.access import entry_of
from transcriptions.workflow import hooks, lines, versions

NAME, ERROR_TYPE = "rest", PROBLEM
CREATE = "/api/v1/transcriptions"
EVENTS = re.compile(rf"{CREATE}/(?P<entry>[0-9a-f-]{{36}})/events")
CHOSEN = ("language", "preset", "task", "hotwords")
TRUE = frozenset({"true", "1", "on"})
ONLY = {"POST": ApiToken.Scope.WRITE, "GET": ApiToken.Scope.READ}


def is_meant(method: str, path: str) -> bool:
    return (method == "POST" and path == CREATE) or (method == "GET" and EVENTS.fullmatch(path) is not None)


def error_body(error: ApiError) -> dict[str, Any]:
    return details(error.status, problems.code_of(error), error.message)


async def admitted(call: Call) -> Caller:
    """Raises ApiError."""
    return await in_thread(partial(admit, call.address, call.token, ONLY[call.method]))


async def answer(call: Call, caller: Caller, say: Say) -> None:
    """Raises ApiError, Disconnected."""
    if call.method == "GET":
        await _follow(call, caller, say)
        return
    try:
        await _create(call, caller, say)
    except ApiError as error:
        raise problems.translated(error) from None


async def _create(call: Call, caller: Caller, say: Say) -> None:
    models = await in_thread(versions.models)

    def chosen(fields: Fields) -> dict[str, Any]:
        return _options(dict(fields), models)

    def callback(fields: Fields) -> dict[str, Any]:
        given = dict(fields)
        with_text = given.get("callback_text", "").lower() in TRUE
        return hooks.callback(user=caller.user, url=given.get("callback_url", ""), with_text=with_text)

    entry, _fields = await bring(call, caller, chosen, before_file=chosen, callback=callback)
    address = reverse("rest:get", args=[entry.pk])
    told = await in_thread(lambda: shown.entry(entry_of(caller.user, entry.pk)))
    body = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
    await say(Reply(whole(body), JSON, HTTPStatus.CREATED, {"location": address}))


def _options(given: dict[str, str], models: list[str]) -> dict[str, Any]:
    """Of engine.options.Options by name. Raises ApiError."""
    options: dict[str, Any] = {name: given.get(name, "") for name in CHOSEN}
    options["initial_prompt"] = " ".join(given.get("prompt", "").split())[-LONGEST_TEXT:]
    if named := given.get("model"):
        options["model"] = model_of(named, models)
        if options["model"] is None:
            raise refused("unknown_option")
    ask_options(options)
    return options


async def _follow(call: Call, caller: Caller, say: Say) -> None:
    entry = await in_thread(partial(_entry, call, caller))
    given = call.headers.get("last-event-id") or call.query.get("since", "0")
    since = int(given) if re.fullmatch(r"[0-9]{1,18}", given) else 0
    pieces = _encoded(events.follow(entry, since, _look, _piece))
    await say(Reply(pieces, "text/event-stream", headers={"x-accel-buffering": "no"}))


def _entry(call: Call, caller: Caller) -> Transcription:
    found = EVENTS.fullmatch(call.path)
    try:
        return entry_of(caller.user, uuid.UUID(found["entry"] if found else ""))
    except (ValueError, Http404):
        code, detail = problems.BY_STATUS[HTTPStatus.NOT_FOUND]
        raise ApiError(HTTPStatus.NOT_FOUND, str(detail), code=code) from None


async def _encoded(some: AsyncIterator[str]) -> AsyncIterator[bytes]:
    async for event in some:
        yield event.encode()


def _look(before: Transcription, since: int) -> events.Look:
    """An empty `end` is of another text: who follows begins anew."""
    entry = entry_of(before.user, before.pk)
    if end := events.ended(before, entry, since):
        return end
    told = shown.entry(entry)
    status = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)
    return events.Look(
        entry.transcript.revision, status, not entry.transcript.is_live or entry.cancelled_at is not None
    )


def _piece(entry: Transcription, since: int, first: int) -> tuple[str, bool]:
    found = lines.heard_since(entry, since, first, events.AT_ONCE + 1)
    some = [shown.line(line) for line in found[: events.AT_ONCE]]
    return json.dumps(some, ensure_ascii=False) if some else "", len(found) <= events.AT_ONCE
