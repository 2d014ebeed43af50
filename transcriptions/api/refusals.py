"""The codes of the house's sentences as answers to programs."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from transcriptions.api.values import ApiError
from transcriptions.sentences import sentence
from transcriptions.uploads.answers import STATUSES
from transcriptions.workflow.intake import Refused, limits, options_of

QUOTAS = frozenset({"quota_bytes", "quota_hours"})
# The work failed, whatever was sent; the others say what is wrong with it.
OURS = frozenset({"preparing_failed", "recognition_failed", "model_unavailable", "recording_gone"})


def refused(code: str, **values: object) -> ApiError:
    """In the language in force."""
    message = sentence(code, **{**limits(code), **values})
    if code in QUOTAS:
        kind = "insufficient_quota"
        status = HTTPStatus.TOO_MANY_REQUESTS
        return ApiError(status, message, kind=kind, code=kind, refusal=code, x_should_retry="false")
    if code in OURS:  # trying again at once would only repeat the work
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return ApiError(status, message, kind="server_error", code=code, refusal=code, x_should_retry="false")
    status = STATUSES.get(code, HTTPStatus.BAD_REQUEST)
    kind = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    param = "model" if code == "english_only" else "file"
    return ApiError(status, message, kind=kind, param=param, code=code, refusal=code)


def ask_options(options: Mapping[str, Any]) -> None:
    """Whether a file would be taken with them, while it is still to come. Raises ApiError."""
    try:
        options_of(options)
    except Refused as refusal:
        raise refused(refusal.code, **refusal.values) from None
