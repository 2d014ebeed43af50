"""The endpoints of whisper-asr-webservice, for programs that speak to it: Bazarr, Speakr and others.

They have no place for a token but name and password in the address.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from pathlib import PureWindowsPath
from typing import Any
from urllib.parse import quote

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiToken
from transcriptions.api import documents
from transcriptions.api.asked import known_model
from transcriptions.api.bring import bring, looks, over, waited_for
from transcriptions.api.limits import admit
from transcriptions.api.pieces import in_pieces
from transcriptions.api.raw import as_wav
from transcriptions.api.refusals import ask_options
from transcriptions.api.spoken import NAMES
from transcriptions.api.values import JSON, TEXT, ApiError, Call, Caller, Reply, Say, as_json, whole
from transcriptions.engine.options import LANGUAGES, LONGEST_TEXT
from transcriptions.models import Transcription
from transcriptions.threads import in_thread
from transcriptions.workflow import history, versions
from transcriptions.workflow.export import export, segments
from transcriptions.workflow.intake import ReceivedFile

NAME, ERROR_TYPE = "asr", JSON
ASR, DETECT = "/asr", "/detect-language"
FILE = "audio_file"
CHOICES = {"task": ("transcribe", "translate"), "output": ("txt", "vtt", "srt", "tsv", "json"), "language": LANGUAGES}
FALSE = frozenset({"false", "0", "no", "off"})


def error_body(error: ApiError) -> dict[str, Any]:
    return {"detail": error.message, "code": error.code}


async def admitted(call: Call) -> Caller:
    """Raises ApiError."""
    return await in_thread(partial(admit, call.address, call.token, ApiToken.Scope.WRITE))


async def answer(call: Call, caller: Caller, say: Say) -> None:
    """Raises ApiError, Disconnected."""
    if call.method != "POST":
        message = _("Only %(method)s here.") % {"method": "POST"}
        raise ApiError(HTTPStatus.METHOD_NOT_ALLOWED, message, code="method_not_supported", allow="POST")
    options = await _options(call)
    ask_options(options)
    is_raw = call.query.get("encode", "").lower() in FALSE
    video = PureWindowsPath(call.query.get("video_file", "")).name  # takes either slash
    prepared = partial(_prepared, is_raw, video)
    # A question has an entry of its own, which is deleted with it: never one that a person has already.
    key = f"detect-language {uuid.uuid4()}" if call.path == DETECT else ""
    how: dict[str, Any] = {"field": FILE, "looks": not is_raw, "prepared": prepared, "key": key}
    entry, _fields = await bring(call, caller, lambda fields: options, **how)
    await waited_for(call, entry, _tell(call, entry, say) if call.path == ASR else _tell_language(entry, say))


def _prepared(is_raw: bool, video: str, file: ReceivedFile) -> ReceivedFile:
    """Under the name of the video that it is the sound of, where that is told: else Bazarr calls all "audio_file"."""
    file = as_wav(file) if is_raw else file
    return replace(file, name=video) if video else file


async def _options(call: Call) -> dict[str, Any]:
    """Of the query. Raises ApiError."""
    for name, known in CHOICES.items():
        given = call.query.get(name)
        if given and given not in known:
            message = _("Invalid value: '%(value)s'. Supported values are: %(listed)s.")
            told = message % {"value": given[:100], "listed": ", ".join(known)}
            raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, told, param=name, code="invalid_value")
    if call.path == DETECT:
        return {}
    prompt = " ".join(call.query.get("initial_prompt", "").split())
    return {
        "model": await _model(call.query.get("model", "")),
        "task": call.query.get("task", ""),
        "language": call.query.get("language", ""),
        "initial_prompt": prompt[-LONGEST_TEXT:],
    }


async def _model(name: str) -> str:
    """What the original ignores, Speakr lets people choose from /v1/models. Raises ApiError."""
    return known_model(name, await in_thread(versions.models)) if name else ""


async def _tell(call: Call, entry: Transcription, say: Say) -> None:
    entry = await over(entry)
    output = call.query.get("output") or "txt"
    own: dict[str, Callable[[], Iterator[str | bytes]]]
    own = {"json": partial(_json, entry), "tsv": partial(_tsv, entry)}
    document = own.get(output) or partial(export, entry=entry, format_name=output, original=True)
    headers = {
        "asr-engine": "faster_whisper",
        "content-disposition": f'attachment; filename="{quote(entry.file_name)}.{output}"',
    }
    await say(Reply(in_pieces(document), TEXT, headers=headers))


def _json(entry: Transcription) -> Iterator[str]:
    yield '{"text": "'
    for piece in documents.text(entry):
        yield json.dumps(piece, ensure_ascii=False)[1:-1]
    yield '", "segments": ['
    for number, said in enumerate(segments(entry, original=True)):
        words = [[word.start, word.end, word.text, word.probability] for word in said.words]
        yield (", " if number else "") + json.dumps({**documents.segment(number, said), "words": words})
    yield f'], "language": {json.dumps(entry.transcript.language)}}}\n'


def _tsv(entry: Transcription) -> Iterator[str]:
    """As Whisper writes it: milliseconds."""
    yield "start\tend\ttext\n"
    for said in segments(entry, original=True):
        yield f"{round(said.start * 1000)}\t{round(said.end * 1000)}\t{' '.join(said.text.split())}\n"


async def _tell_language(entry: Transcription, say: Say) -> None:
    """As soon as it is known. Nobody asked for the text: the entry goes however this ends, also with who goes away; and
    its work if nobody else waits for it."""
    try:
        async for now in looks(entry):
            entry = now
            if now.transcript.language:
                break
    finally:
        await in_thread(partial(history.delete, entry=entry, now=timezone.now()))
    code = entry.transcript.language
    found: dict[str, Any] = {}  # of silence: Bazarr takes an empty answer for "none", an empty language it fails at
    if code:
        found = {
            "detected_language": NAMES.get(code, code),
            "language_code": code,
            "confidence": entry.transcript.language_probability,
        }
    await say(Reply(whole(as_json(found)), JSON))
