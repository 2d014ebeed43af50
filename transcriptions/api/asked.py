"""What a request to OpenAI's endpoints asks for, read from its form by their rules. Unknown fields are ignored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from transcriptions import configuration
from transcriptions.api.values import ApiError
from transcriptions.engine.options import LANGUAGES, LONGEST_TEXT, Task
from transcriptions.uploads.form import Fields

FORMATS = ("json", "text", "srt", "verbose_json", "vtt", "diarized_json")
STREAMED = frozenset({"json", "text"})
GRANULARITIES = frozenset({"word", "segment"})
DEFAULT_MODEL = "whisper-1"
HUB_NAME = re.compile(r"[\w.-]+/(?:faster-)?(?P<distil>distil-)?whisper-(?P<size>[\w.-]+?)(?:-ct2)?")


@dataclass(frozen=True)
class Asked:
    """options: of engine.options.Options by name."""

    format: str = "json"
    granularities: frozenset[str] = frozenset()
    stream: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


def understand(fields: Fields, task: Task, models: list[str], *, complete: bool = True) -> Asked:
    """Raises ApiError. complete: whether more fields may come: what is missing is no error then.

    models: the names that can be had here, the installation's own first.
    """
    given = dict(fields)
    wanted = given.get("response_format") or "json"
    _check_format(wanted, task)
    granularities = frozenset(_all(fields, "timestamp_granularities"))
    if complete or "response_format" in given:
        _check_granularities(granularities, wanted)
    stream = given.get("stream", "").lower() in {"true", "1"}
    if stream and wanted not in STREAMED and task == "transcribe":
        raise _unsupported("response_format", wanted, _("A stream has the format json or text."))
    options = {
        "task": task,
        "model": _model(given.get("model", ""), models, complete=complete),
        "language": _language(fields) if task == "transcribe" else "",
        "initial_prompt": _one_line(given.get("prompt", ""))[-LONGEST_TEXT:],
        "hotwords": ", ".join(map(_one_line, _all(fields, "keywords")))[:LONGEST_TEXT],
        "temperature": _temperature(given.get("temperature", "")),
    }
    return Asked(wanted, granularities, stream and task == "transcribe", options)


def model_of(name: str, models: list[str]) -> str | None:
    """What a model is called here: by our name, whisper-1 for the installation's own, or its name on the hub."""
    if name == DEFAULT_MODEL:
        return models[0]
    if name in models:
        return name
    known = HUB_NAME.fullmatch(name)
    short = f"{known['distil'] or ''}{known['size']}" if known else ""
    return short if short in models else None


def known_model(name: str, models: list[str]) -> str:
    """As `model_of`. Raises ApiError."""
    found = model_of(name, models)
    if found is None:
        message = _("There is no model %(name)s here. GET /v1/models lists those there are.")
        told = message % {"name": f"'{name[:100]}'"}
        raise ApiError(HTTPStatus.NOT_FOUND, told, param="model", code="model_not_found")
    return found


def _model(name: str, models: list[str], *, complete: bool) -> str:
    if not name and complete:
        raise _wrong("model", _("No model was named."), "missing_required_parameter")
    if not name:
        return configuration.model_name()
    return known_model(name, models)


def _check_format(wanted: str, task: Task) -> None:
    known = FORMATS if task == "transcribe" else FORMATS[:-1]
    if wanted not in known:
        listed = ", ".join(f"'{name}'" for name in known)
        message = _("Invalid value: '%(value)s'. Supported values are: %(listed)s.")
        raise _wrong("response_format", message % {"value": wanted[:100], "listed": listed}, "invalid_value")
    if wanted == "diarized_json":
        raise _unsupported("response_format", wanted, _("Speakers are not told apart here."))


def _check_granularities(wanted: frozenset[str], response_format: str) -> None:
    if unknown := wanted - GRANULARITIES:
        message = _("Invalid value: '%(value)s'. Supported values are: %(listed)s.")
        told = {"value": min(unknown)[:100], "listed": "'word', 'segment'"}
        raise _wrong("timestamp_granularities", message % told, "invalid_value")
    if wanted and response_format != "verbose_json":
        message = _("timestamp_granularities need the response_format verbose_json.")
        raise _wrong("timestamp_granularities", message, "unsupported_value")


def _language(fields: Fields) -> str:
    """`languages` are those that may be spoken: of several, the recording decides."""
    given = [value for name, value in fields if name == "language" and value] or _all(fields, "languages")
    for language in given:
        if language.lower() not in LANGUAGES:
            message = _("Invalid language '%(value)s'. Language parameter must be specified in ISO-639-1 format.")
            raise _wrong("language", message % {"value": language[:100]}, "invalid_language_format")
    return given[0].lower() if len(given) == 1 else ""


def _temperature(given: str) -> float:
    try:
        temperature = float(given or 0)
    except ValueError:
        temperature = -1.0
    if not 0 <= temperature <= 1:
        message = _("Invalid temperature '%(value)s': it is a number from 0 to 1.") % {"value": given[:100]}
        raise _wrong("temperature", message, "invalid_value")
    return temperature


def _all(fields: Fields, name: str) -> list[str]:
    return [value for key, value in fields if key in {name, f"{name}[]"} and value]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _wrong(param: str, message: str, code: str) -> ApiError:
    return ApiError(HTTPStatus.BAD_REQUEST, message, param=param, code=code)


def _unsupported(param: str, value: str, why: str) -> ApiError:
    told = {"param": param, "value": value, "why": why}
    return _wrong(param, _("Unsupported value: '%(param)s' cannot be '%(value)s'. %(why)s") % told, "unsupported_value")
