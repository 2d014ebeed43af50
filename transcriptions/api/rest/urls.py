"""The REST API's addresses below /api/v1/, behind the doors that take uploads and what lasts."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from transcriptions import metrics
from transcriptions.api.rest import document, edits, entries, lasting, problems, site
from transcriptions.api.rest.who import HEADERS

View = Callable[..., HttpResponseBase]


class Api(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        return document.complete(super().get_openapi_schema(**options))

    def get_openapi_operation_id(self, operation: Any) -> str:
        return f"{operation.view_func.__module__.rpartition('.')[2]}_{operation.view_func.__name__}"


api = Api(
    title="Transcribe Site",
    version="1",
    description="Recordings transcribed, read, corrected, found and taken away.",
    urls_namespace="rest",
    docs_url=None,
)
problems.install(api)
api.add_router("/transcriptions", entries.router)
api.add_router("/transcriptions", edits.router)
api.add_router("", site.router)


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The document as a page to read."""
    described = document.sections(api.get_openapi_schema())
    return render(request, "transcriptions/api.html", {"sections": described})


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    return problems.of_status(HTTPStatus.NOT_FOUND)


def _told(view: View, also: tuple[str, ...]) -> View:
    """What every answer has. also: methods that are answered before Django sees them."""

    @wraps(view)
    def answer(request: HttpRequest, *arguments: Any, **values: Any) -> HttpResponseBase:
        response = view(request, *arguments, **values)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = ", ".join(sorted({*response["Allow"].split(", "), *also} - {""}))
            response = problems.of_status(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": allowed})
        for name, value in {"Cache-Control": "no-store", **getattr(request, HEADERS, {})}.items():
            response[name] = value
        metrics.api_requests.labels(endpoint=lasting.NAME, status=str(response.status_code)).inc()
        return response

    return answer


def _patterns() -> list[URLPattern]:
    patterns = [each for each in api.urls[0] if isinstance(each, URLPattern)]
    for each in patterns:
        each.callback = _told(each.callback, ("POST",) if str(each.pattern) == "transcriptions" else ())
    return patterns


app_name = "rest"
urlpatterns = [path("docs", docs, name="docs"), *_patterns(), re_path("", nothing)]
