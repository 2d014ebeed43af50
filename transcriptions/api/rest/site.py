"""What is beside the transcriptions: links, search, tags, the account, webhooks, what this installation can do."""

import uuid
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Header, Router, Schema, Status
from pydantic import Field

from transcriptions import configuration, estimate, keyset, turns
from transcriptions.api.rest import shown
from transcriptions.api.rest.entries import NO_NUL, Limit
from transcriptions.api.rest.who import ADMIN, READ, WRITE, person
from transcriptions.api.spoken import NAMES
from transcriptions.configuration import current
from transcriptions.engine.formats import FORMATS
from transcriptions.engine.options import LANGUAGES, LONGEST_TEXT
from transcriptions.links.address import LETTERS
from transcriptions.models import Webhook
from transcriptions.web.access import entry_of
from transcriptions.workflow import fetch, hooks, labels, quota, search, versions
from transcriptions.workflow.intake import Refused
from transcriptions.workflow.programs import Request

router = Router()

Url = Annotated[str, Field(max_length=LETTERS)]
Preset = Literal["fast", "balanced", "accurate"]


class Asked(Schema):
    """What is left out is as this installation has it."""

    url: Url
    language: str = Field("", description="an ISO 639 code; without it the language is found out")
    preset: Preset | None = None
    task: Literal["transcribe", "translate"] = "transcribe"
    hotwords: Annotated[str, Field(max_length=LONGEST_TEXT, description="names and terms that are likely to come")] = ""
    callback_url: Annotated[str, Field(max_length=LETTERS, description="told of this one when it is over")] = ""
    callback_text: bool = Field(False, description="whether the text is in what is told")


class Telling(Schema):
    url: Url = Field(description="empty: only single requests give one")
    with_text: bool = False


class Usage(Schema):
    size_bytes: int
    seconds: float
    uploads: int


class Allowed(Schema):
    """0: no limit."""

    size_bytes: int
    hours: float
    uploads: int
    upload_bytes: int
    recording_hours: float


class Account(Schema):
    email: str
    use: Usage
    limits: Allowed


class Estimate(Schema):
    """Seconds until it would be done: at the best, probably, at the worst."""

    low: float
    middle: float
    high: float


class Format(Schema):
    name: str
    content_type: str


class Language(Schema):
    code: str
    name: str


class Model(Schema):
    name: str
    is_default: bool


Key = Annotated[str | None, Header(alias="Idempotency-Key", description="the same for the same request sent again")]


@router.post(
    "/links", auth=WRITE, response={HTTPStatus.ACCEPTED: shown.Link}, tags=["Bringing"], summary="Transcribe a link"
)
def bring(
    request: HttpRequest, response: HttpResponse, given: Asked, idempotency_key: Key = None
) -> Status[dict[str, Any]]:
    user = person(request)
    callback = hooks.callback(user=user, url=given.callback_url, with_text=given.callback_text)
    chosen = {name: str(getattr(given, name) or "") for name in ("language", "preset", "task", "hotwords")}
    asked = Request(idempotency_key or "", callback)
    upload = fetch.expect(user=user, address=given.url, chosen=chosen, now=timezone.now(), request=asked)
    response["Location"] = reverse("rest:link", args=[upload.pk])
    return Status(HTTPStatus.ACCEPTED, shown.link(upload))


@router.get("/links/{uuid:link_id}", auth=READ, response=shown.Link, tags=["Bringing"], url_name="link")
def link(request: HttpRequest, link_id: uuid.UUID) -> dict[str, Any]:
    """How far it is."""
    upload = person(request).uploads.exclude(address="").filter(pk=link_id).first()
    if upload is None:
        raise Http404
    return shown.link(upload)


@router.get("/search", auth=READ, response=shown.Results, tags=["Transcriptions"], summary="Find what was said")
def find(
    request: HttpRequest,
    q: Annotated[str, Field(min_length=1, max_length=search.LONGEST, pattern=NO_NUL)],
    after: Annotated[str, Field(max_length=500, pattern=NO_NUL)] = "",
    near: bool = False,
    within: uuid.UUID | None = None,
) -> dict[str, Any]:
    """In all of them, or within one. near: as the page before it was."""
    place = keyset.NEWEST.place(after) if after else None
    if after and place is None:
        raise Refused("unknown_cursor")
    if within:
        results = search.find_in(entry=entry_of(person(request), within), typed=q)
    else:
        results = search.find(user=person(request), typed=q, after=place, near=near)
    following = keyset.NEWEST.write(results.found[-1].entry) if results.has_more else ""
    return {"items": [_found(each) for each in results.found], "next": following, "is_near": results.is_near}


def _found(found: search.Found) -> dict[str, Any]:
    lines = [
        {"start": line.start_seconds, "pieces": [{"text": text, "is_found": hit} for text, hit in line.pieces]}
        for line in found.lines
    ]
    return {"transcription": shown.entry(found.entry), "lines": lines, "is_cut": found.is_cut}


@router.get("/tags", auth=READ, response=list[str], tags=["Transcriptions"])
def tags(request: HttpRequest) -> list[str]:
    return labels.tags_used(person(request))


@router.get("/account", auth=READ, response=Account, tags=["Account"])
def account(request: HttpRequest) -> dict[str, Any]:
    """What somebody uses of the site, and what they may."""
    allowed = {
        "size_bytes": current.MAX_BYTES_PER_USER,
        "hours": current.MAX_HOURS_PER_USER,
        "uploads": current.MAX_UPLOADS_PER_USER,
        "upload_bytes": current.MAX_UPLOAD_BYTES,
        "recording_hours": current.MAX_DURATION_HOURS,
    }
    user = person(request)
    return {"email": user.email, "use": vars(quota.use(user)), "limits": allowed}


@router.get("/estimate", auth=READ, response=Estimate, tags=["This installation"])
def forecast(
    request: HttpRequest, seconds: Annotated[float, Field(gt=0, le=10_000_000)], preset: Preset | None = None
) -> dict[str, float]:
    """How long a recording of so many seconds would take."""
    chosen = preset or current.WHISPER_PRESET
    model = configuration.model_name()
    place = turns.place(person(request).pk, seconds)
    took = estimate.outlook().forecast(length=seconds, model=model, preset=chosen, place=place)
    return {"low": took.low, "middle": took.middle, "high": took.high}


@router.get("/formats", auth=READ, response=list[Format], tags=["This installation"])
def formats(request: HttpRequest) -> list[dict[str, str]]:
    return [{"name": name, "content_type": known.content_type} for name, known in FORMATS.items()]


@router.get("/languages", auth=READ, response=list[Language], tags=["This installation"])
def languages(request: HttpRequest) -> list[dict[str, str]]:
    return [{"code": code, "name": NAMES.get(code, code)} for code in LANGUAGES]


@router.get("/models", auth=READ, response=list[Model], tags=["This installation"])
def models(request: HttpRequest) -> list[dict[str, Any]]:
    return [{"name": name, "is_default": not number} for number, name in enumerate(versions.models())]


@router.get("/webhook", auth=READ, response=shown.Hook, tags=["Webhooks"])
def webhook(request: HttpRequest) -> dict[str, Any]:
    """Where the person wants to be told. Never the secret."""
    return shown.hook(_webhook(request))


@router.put("/webhook", auth=ADMIN, response=shown.Hook, tags=["Webhooks"])
def choose(request: HttpRequest, given: Telling) -> dict[str, Any]:
    """The secret is in the answer when it is made, and never again."""
    secret = hooks.choose(user=person(request), url=given.url, with_text=given.with_text, now=timezone.now())
    return shown.hook(_webhook(request), secret)


@router.delete("/webhook", auth=ADMIN, response={HTTPStatus.NO_CONTENT: None}, tags=["Webhooks"])
def remove(request: HttpRequest) -> Status[None]:
    hooks.remove(user=person(request))
    return Status(HTTPStatus.NO_CONTENT, None)


def _webhook(request: HttpRequest) -> Webhook:
    found = Webhook.objects.filter(user=person(request)).first()
    if found is None:
        raise Http404
    return found


@router.get("/webhook/deliveries", auth=READ, response=shown.Deliveries, tags=["Webhooks"])
def deliveries(
    request: HttpRequest,
    after: Annotated[str, Field(max_length=500, pattern=NO_NUL)] = "",
    before: Annotated[str, Field(max_length=500, pattern=NO_NUL)] = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    for cursor in (after, before):
        if cursor and keyset.NEWEST.place(cursor) is None:
            raise Refused("unknown_cursor")
    page = keyset.page(person(request).deliveries.all(), keyset.NEWEST, limit, after=after, before=before)
    return {"items": [shown.delivery(row) for row in page.rows], "next": page.next, "previous": page.previous}


@router.post("/webhook/deliveries/{uuid:delivery_id}/resend", auth=WRITE, response=shown.Told, tags=["Webhooks"])
def resend(request: HttpRequest, delivery_id: uuid.UUID) -> dict[str, Any]:
    """What is over is told once more; what waits goes on waiting."""
    deliveries = person(request).deliveries
    row = deliveries.filter(pk=delivery_id).first()
    if row is None:
        raise Http404
    hooks.send_again(delivery=row)
    return shown.delivery(deliveries.get(pk=delivery_id))
