"""What the API's OpenAPI document says beside what ninja knows: what lasts, problems, and where to send the token."""

from http import HTTPStatus
from itertools import groupby
from typing import Any

from ninja.openapi.schema import OpenAPISchema

from transcriptions.api.rest.lasting import CREATE
from transcriptions.api.rest.shown import Problem
from transcriptions.uploads.answers import PROBLEM

EVERYWHERE = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
IN_A_BODY = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
OF_FORMS = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
OF_LINES = (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED)
OF_FILES = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INSUFFICIENT_STORAGE)
TOKEN_ALONE: list[dict[str, list[str]]] = [{"Token": []}]
CREATED = {
    "operationId": "create",
    "tags": ["Bringing"],
    "summary": "Transcribe a file",
    "description": "A form with one file. Put the other fields before it: what is wrong with them is told before it is "
    "sent. Larger files: tus 1.0 at /api/v1/uploads/.",
    "security": TOKEN_ALONE,
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "schema": {"type": "string"},
            "description": "the same for the same request sent again: it has the entry that it had",
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "language": {"type": "string"},
                        "preset": {"enum": ["", "fast", "balanced", "accurate"]},
                        "task": {"enum": ["", "transcribe", "translate"]},
                        "model": {"type": "string"},
                        "prompt": {"type": "string"},
                        "hotwords": {"type": "string"},
                        "callback_url": {"type": "string"},
                        "callback_text": {"enum": ["true", "false"]},
                        "file": {"type": "string", "format": "binary"},
                    },
                },
            }
        },
    },
    "responses": {
        "201": {
            "description": "Its entry",
            "headers": {"Location": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Entry"}}},
        }
    },
}
EVENTS = {
    "operationId": "events",
    "tags": ["Transcriptions"],
    "summary": "Follow a transcription",
    "description": "Server-sent events: `segments` (an array of Text), `status` (an Entry) and, at the end, `end` (an "
    "Entry; empty where the text has become another one: begin anew). Their ids are revisions: Last-Event-ID or "
    "?since= goes on behind one.",
    "security": TOKEN_ALONE,
    "parameters": [
        {"name": "entry_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
        {"name": "since", "in": "query", "schema": {"type": "string"}},
    ],
    "responses": {"200": {"description": "Events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}},
}


def complete(schema: OpenAPISchema) -> OpenAPISchema:
    """In place."""
    paths = schema["paths"]
    paths[CREATE] = {"post": CREATED, **paths[CREATE]}
    paths[f"{CREATE}/{{entry_id}}/events"] = {"get": EVENTS}
    for path, operations in paths.items():
        for operation in operations.values():
            _complete(path, operation)
    schema["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    schema["components"]["responses"] = {
        status.name: {
            "description": status.phrase,
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in (*EVERYWHERE, *IN_A_BODY, OF_FORMS, *OF_LINES, *OF_FILES, HTTPStatus.NOT_FOUND)
    }
    return schema


def _complete(path: str, operation: dict[str, Any]) -> None:
    statuses = [*EVERYWHERE]
    if "{" in path or path.endswith(("/webhook", "/search")):
        statuses.append(HTTPStatus.NOT_FOUND)
    if "requestBody" in operation:
        statuses += [*IN_A_BODY, *OF_FILES]
        statuses += [OF_FORMS] if "multipart/form-data" in operation["requestBody"]["content"] else []
    if "/exports/" in path:
        statuses.append(HTTPStatus.SERVICE_UNAVAILABLE)
    if "{key}" in path:
        statuses += OF_LINES
    elif operation.get("tags") == ["Corrections"] or path.endswith("retry"):
        statuses += [HTTPStatus.PRECONDITION_FAILED, *OF_FILES]
    answered = {str(status): answer for status, answer in operation["responses"].items()}
    known = {str(int(status)): {"$ref": f"#/components/responses/{status.name}"} for status in statuses}
    operation["responses"] = {**known, **answered}


def sections(schema: OpenAPISchema) -> list[tuple[str, list[dict[str, Any]]]]:
    """For a page: what there is to ask for, by its tag."""
    every = [
        {
            "tag": next(iter(operation.get("tags") or ()), ""),
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": [_parameter(each) for each in operation.get("parameters", ())],
            "fields": _fields(schema, _body(operation)),
            "answer": _fields(schema, _answer(operation)),
            "statuses": sorted(operation["responses"]),
        }
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]
    every.sort(key=lambda each: each["tag"])
    return [(tag, list(its)) for tag, its in groupby(every, key=lambda each: each["tag"])]


def _parameter(given: dict[str, Any]) -> dict[str, Any]:
    told = {"name": given["name"], "in": given["in"], "required": given.get("required", False)}
    return {
        **told,
        "description": given.get("description", given["schema"].get("description", "")),
        **_kind(given["schema"]),
    }


def _body(operation: dict[str, Any]) -> dict[str, Any]:
    return _schema(operation.get("requestBody", {}))


def _answer(operation: dict[str, Any]) -> dict[str, Any]:
    good = [each for status, each in operation["responses"].items() if status.startswith("2")]
    return _schema(good[0])


def _schema(part: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for content in part.get("content", {}).values():
        found = content.get("schema", {})
    return found


def _fields(schema: OpenAPISchema, part: dict[str, Any]) -> list[dict[str, Any]]:
    part = part.get("items", part)
    if "$ref" in part:
        part = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    required = part.get("required", ())
    return [
        {"name": name, "required": name in required, "description": each.get("description", ""), **_kind(each)}
        for name, each in part.get("properties", {}).items()
    ]


def _kind(schema: dict[str, Any]) -> dict[str, Any]:
    """Its type in a few words, and what it is when it is left out."""
    some = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    first = some[0] if some else schema
    ref = first.get("$ref", "").rpartition("/")[2]
    kind = " | ".join(map(str, first["enum"])) if "enum" in first else ref or first.get("type", "")
    if kind == "array":
        kind = f"[{_kind(first.get('items', {}))['kind']}]"
    return {"kind": kind, "default": schema.get("default")}
