"""OpenAI's audio endpoints and its list of models, so that its clients and those made for it work here unchanged."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import ApiToken
from transcriptions.api import documents, stream
from transcriptions.api.asked import DEFAULT_MODEL, Asked, known_model, understand
from transcriptions.api.bring import bring, over, waited_for
from transcriptions.api.limits import admit
from transcriptions.api.pieces import in_pieces
from transcriptions.api.refusals import ask_options
from transcriptions.api.values import JSON, TEXT, ApiError, Call, Caller, Reply, Say, as_json, openai_error, whole
from transcriptions.engine.options import Task
from transcriptions.models import Transcription
from transcriptions.threads import in_thread
from transcriptions.uploads.form import Fields
from transcriptions.workflow import versions
from transcriptions.workflow.export import export

NAME, ERROR_TYPE = "openai", JSON
error_body = openai_error
PREFIX = "/v1/"
MODELS = "/v1/models"
TASKS: dict[str, Task] = {"/v1/audio/transcriptions": "transcribe", "/v1/audio/translations": "translate"}


async def admitted(call: Call) -> Caller:
    """Raises ApiError."""
    scope = ApiToken.Scope.WRITE if call.path in TASKS else ApiToken.Scope.READ
    return await in_thread(partial(admit, call.address, call.token, scope))


async def answer(call: Call, caller: Caller, say: Say) -> None:
    """Raises ApiError, Disconnected."""
    allowed = "POST" if call.path in TASKS else "GET"
    is_models = call.path == MODELS or call.path.startswith(f"{MODELS}/")
    if not (call.path in TASKS or is_models):
        message = _("There is no such address here: %(method)s %(path)s.")
        raise ApiError(HTTPStatus.NOT_FOUND, message % {"method": call.method, "path": call.path[:200]})
    if call.method != allowed:
        message = _("Only %(method)s here.") % {"method": allowed}
        raise ApiError(HTTPStatus.METHOD_NOT_ALLOWED, message, code="method_not_supported", allow=allowed)
    if is_models:
        await _models(call, say)
    else:
        await _transcribe(call, caller, TASKS[call.path], say)


async def _transcribe(call: Call, caller: Caller, task: Task, say: Say) -> None:
    models = await in_thread(versions.models)

    def asked(fields: Fields, *, complete: bool = True) -> Asked:
        found = understand(fields, task, models, complete=complete)
        if complete or dict(fields).get("model"):
            ask_options(found.options)
        return found

    before_file = partial(asked, complete=False)
    entry, fields = await bring(call, caller, lambda fields: asked(fields).options, before_file=before_file)
    await waited_for(call, entry, _tell(entry, asked(fields), say))


async def _tell(entry: Transcription, asked: Asked, say: Say) -> None:
    if asked.stream:
        await say(Reply(stream.events(entry), stream.CONTENT_TYPE, headers={"x-accel-buffering": "no"}))
        return
    entry = await over(entry)
    if asked.format == "json":
        await say(Reply(in_pieces(partial(documents.simple, entry))))
    elif asked.format == "verbose_json":
        words = "word" in asked.granularities
        parts = {"with_words": words, "with_segments": not words or "segment" in asked.granularities}
        await say(Reply(in_pieces(partial(documents.verbose, entry, **parts))))
    elif asked.format == "text":
        await say(Reply(in_pieces(partial(documents.plain, entry)), TEXT))
    else:
        await say(Reply(in_pieces(partial(export, entry=entry, format_name=asked.format, original=True)), TEXT))


async def _models(call: Call, say: Say) -> None:
    models = await in_thread(versions.models)
    name = call.path.removeprefix(MODELS).strip("/")
    if not name:
        named = dict.fromkeys([DEFAULT_MODEL, *models])
        await say(Reply(whole(as_json({"object": "list", "data": [_model(each) for each in named]})), JSON))
        return
    known_model(name, models)
    await say(Reply(whole(as_json(_model(name))), JSON))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "transcribe-site"}
