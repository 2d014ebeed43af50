"""Errors as problem details (RFC 9457): a stable code, and a sentence in the language in force."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from transcriptions import storage
from transcriptions.api.rest.shown import line
from transcriptions.api.values import ApiError
from transcriptions.engine.documents import DocumentError
from transcriptions.sentences import sentence
from transcriptions.uploads.answers import PROBLEM, STATUSES, details
from transcriptions.workflow.history import RecordingGone
from transcriptions.workflow.intake import Refused, limits
from transcriptions.workflow.pen import Conflict

logger = logging.getLogger(__name__)

# Codes of this door alone, by status; those of what is refused stand in transcriptions.sentences.
BY_STATUS = {
    HTTPStatus.BAD_REQUEST: ("not_understood", _("The body is not the JSON that is expected here.")),
    HTTPStatus.UNAUTHORIZED: (
        "not_signed_in",
        _("No API token was given. Send one in the header Authorization: Bearer TOKEN."),
    ),
    HTTPStatus.FORBIDDEN: ("csrf_failed", _("With a session, what changes something needs the header X-CSRFToken.")),
    HTTPStatus.NOT_FOUND: ("not_found", _("There is nothing of yours at this address.")),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method_not_supported", _("This address does not take that method.")),
    HTTPStatus.PRECONDITION_FAILED: ("changed_meanwhile", _("The line is another by now. Look at it, then try again.")),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("invalid_value", _("A value is missing or cannot be taken; see errors.")),
    HTTPStatus.PRECONDITION_REQUIRED: (
        "if_match_missing",
        _("Say in the header If-Match which version you have seen."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("server_error", _("The server had an error while it worked on this.")),
}
WHO = {"www-authenticate": "Bearer"}


def of_status(status: int, headers: Mapping[str, str] | None = None, **more: Any) -> HttpResponse:
    code, detail = BY_STATUS[HTTPStatus(status)]
    return answer(status, code, str(detail), headers or {}, **more)


def answer(status: int, code: str, detail: str, headers: Mapping[str, str], **more: Any) -> HttpResponse:
    content = {**details(status, code, detail), **more}
    return JsonResponse(content, status=int(status), content_type=PROBLEM, headers=dict(headers))


def translated(error: ApiError) -> ApiError:
    """What is raised for OpenAI's clients, with the status and the code that the house has for it."""
    if not error.refusal:
        return error
    status = STATUSES.get(error.refusal, HTTPStatus.UNPROCESSABLE_ENTITY)
    return ApiError(status, error.message, code=error.refusal)


def code_of(error: ApiError) -> str:
    return error.code or BY_STATUS[HTTPStatus(error.status)][0]


def install(api: NinjaAPI) -> None:
    """Everything that can be raised becomes one."""
    for kind, handler in _HANDLERS.items():
        api.add_exception_handler(kind, handler)


def _api_error(request: HttpRequest, raised: Any) -> HttpResponse:
    error = translated(raised)
    return answer(error.status, code_of(error), error.message, error.headers)


def _refused(request: HttpRequest, refused: Any) -> HttpResponse:
    told = sentence(refused.code, **{**limits(refused.code), **refused.values})
    return answer(STATUSES.get(refused.code, HTTPStatus.UNPROCESSABLE_ENTITY), refused.code, told, {})


def _conflict(request: HttpRequest, conflict: Any) -> HttpResponse:
    return of_status(HTTPStatus.PRECONDITION_FAILED, lines=[line(each) for each in conflict.lines])


def _invalid(request: HttpRequest, invalid: Any) -> HttpResponse:
    errors = [{"at": ".".join(map(str, each["loc"])), "message": each["msg"]} for each in invalid.errors]
    return of_status(HTTPStatus.UNPROCESSABLE_ENTITY, errors=errors)


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    return of_status(error.status_code, WHO if error.status_code == HTTPStatus.UNAUTHORIZED else {})


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    return of_status(HTTPStatus.NOT_FOUND)


def _gone(request: HttpRequest, error: Any) -> HttpResponse:
    return _refused(request, Refused("recording_gone"))


def _storage_away(request: HttpRequest, error: Any) -> HttpResponse:
    return _refused(request, Refused(error.code))


def _not_made(request: HttpRequest, error: Any) -> HttpResponse:
    return answer(HTTPStatus.SERVICE_UNAVAILABLE, error.code, sentence(error.code), {})


def _broken(request: HttpRequest, error: Any) -> HttpResponse:
    logger.exception("A request has failed.", exc_info=error)
    return of_status(HTTPStatus.INTERNAL_SERVER_ERROR)


_HANDLERS: dict[type[Exception], Any] = {
    ApiError: _api_error,
    Refused: _refused,
    Conflict: _conflict,
    ValidationError: _invalid,
    HttpError: _http_error,
    Http404: _not_found,
    RecordingGone: _gone,
    storage.Unavailable: _storage_away,
    DocumentError: _not_made,
    FileNotFoundError: _not_found,
    Exception: _broken,
}
