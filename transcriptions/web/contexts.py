"""What the templates show, worked out beforehand: templates hold no logic."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat, floatformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from transcriptions import configuration, estimate, incoming
from transcriptions.configuration import current
from transcriptions.engine.formats import FORMATS
from transcriptions.engine.options import LANGUAGES, LONGEST_TEXT
from transcriptions.models import Rendition, Takeout, Transcript, Transcription
from transcriptions.remarks import Remark, remarks
from transcriptions.sentences import sentence
from transcriptions.uploads.resume import PATH
from transcriptions.web import durations, recording
from transcriptions.web.durations import clock
from transcriptions.web.language_names import language_name, letters
from transcriptions.web.shapes import FLOWS, ShapeForm
from transcriptions.workflow import files, history, quota, renditions
from transcriptions.workflow import takeout as taking
from transcriptions.workflow.intake import limits

Look = Callable[[], estimate.Outlook]
SPEED_FROM_SECONDS = 3.0  # of work; before, it says nothing
COMMON_LANGUAGES = ("en", "pt", "es", "fr", "de", "it", "ja", "zh")


@dataclass(frozen=True)
class Status:
    """An entry's state as its person sees it."""

    state: str
    label: str
    sentence: str
    percent: int | None
    left: str
    speed: str = ""
    arrived: str = ""

    @property
    def is_live(self) -> bool:
        return self.state in Transcript.LIVE

    @property
    def can_retry(self) -> bool:
        return self.state in {Transcript.State.FAILED, Transcript.State.CANCELLED}


@dataclass(frozen=True)
class Made:
    """What is made for somebody. percent: None where nobody knows yet. until: None for what stays. name: of a document,
    with what is unusual about its shape. address: where it is asked for and then fetched."""

    state: str
    percent: int | None = None
    sentence: str = ""
    until: datetime | None = None
    size_bytes: int = 0
    name: str = ""
    address: str = ""

    @property
    def is_waiting(self) -> bool:
        return self.state == Rendition.State.WAITING

    @property
    def is_there(self) -> bool:
        return self.state == Rendition.State.DONE


NOT_ASKED_FOR = Made("")
# By whether the entry is the reader's own.
STATUS = {True: "transcriptions/_status.html", False: "transcriptions/_shared_status.html"}


@dataclass(frozen=True)
class Entry:
    """A row of the history and the head of a transcript's page."""

    row: Transcription
    status: Status
    length: str
    language: str
    has_text: bool

    @property
    def remarks(self) -> list[Remark]:
        return remarks(self.row.transcript)

    @property
    def recording(self) -> list[tuple[str, str]]:
        return recording.facts(self.row.transcript)

    @property
    def player(self) -> Made | None:
        """None where nothing is kept that could be played."""
        media = self.row.transcript.media
        if not media.storage_key:
            return None
        if not renditions.can_be_asked_for(self.row, Rendition.Kind.PROXY):
            return Made(Rendition.State.DONE)
        return _made(self.row, Rendition.Kind.PROXY)

    @property
    def has_pictures(self) -> bool:
        """Whether a player shows any: of a recording of which only the sound is kept it does not."""
        media = self.row.transcript.media
        return bool(media.video_codec) and files.has_original(media)

    @cached_property
    def subtitled(self) -> Made | None:
        """None where there is nothing to draw, or nothing to draw it on."""
        kind = Rendition.Kind.SUBTITLED
        offered = renditions.can_be_asked_for(self.row, kind) and configuration.draws_subtitles()
        return _made(self.row, kind) if offered else None

    @cached_property
    def inside(self) -> Made | None:
        """As subtitled."""
        kind = Rendition.Kind.INSIDE
        return _made(self.row, kind) if renditions.can_be_asked_for(self.row, kind) else None

    @property
    def documents(self) -> list[Made]:
        """Those that are made beforehand."""
        return [_document(self.row, found) for found in renditions.documents_of(self.row)]

    @property
    def documents_are_waited_for(self) -> bool:
        return any(made.is_waiting for made in self.documents)

    @property
    def can_begin_again(self) -> bool:
        return self.status.state == Transcript.State.DONE and bool(self.row.transcript.media.storage_key)

    @property
    def has_earlier(self) -> bool:
        return history.has_earlier(self.row)

    @property
    def languages(self) -> list[tuple[str, str]]:
        return languages()

    @property
    def presets(self) -> list[tuple[str, str]]:
        """The one it was made with first."""
        its = self.row.transcript.options.get("preset", "")
        return sorted(presets(), key=lambda preset: preset[0] != its)

    @property
    def recording_is_kept(self) -> bool:
        return bool(self.row.transcript.media.storage_key)

    @property
    def other_tracks(self) -> list[tuple[int, str]]:
        """None where the file is no longer kept."""
        return recording.tracks(self.row.transcript) if self.row.transcript.media.storage_key else []


def entry(row: Transcription, look: Look = estimate.outlook) -> Entry:
    transcript = row.transcript
    seconds = transcript.duration_seconds or transcript.media.duration_seconds
    return Entry(
        row=row,
        status=_status(row, look),
        length=clock(seconds) if seconds else "",
        language=language_name(transcript.language) if transcript.language else "",
        has_text=transcript.first_segment_at is not None,
    )


def entries(rows: list[Transcription]) -> list[Entry]:
    look = cache(estimate.outlook)  # once a page, not once a row; not at all where nothing is under way
    return [entry(row, look) for row in rows]


def _status(row: Transcription, look: Look) -> Status:
    transcript = row.transcript
    state = (
        Transcript.State.CANCELLED if row.cancelled_at and transcript.is_live else Transcript.State(transcript.state)
    )
    if state not in Transcript.LIVE:
        return Status(state, str(state.label), _outcome(transcript, state), None, "")
    outlook = look()
    fraction, left = estimate.fraction(transcript), outlook.left(transcript)
    return Status(
        state=state,
        label=_stage(transcript, state, outlook),
        sentence=_reason(transcript, state),
        percent=None if fraction is None else int(fraction * 100),
        left=durations.left(left) if left else "",
        speed=_speed(transcript),
        arrived=_arrived(row),
    )


def _stage(transcript: Transcript, state: Transcript.State, outlook: estimate.Outlook) -> str:
    ahead, own = outlook.ahead(transcript) if state == Transcript.State.QUEUED else (0, 0)
    if ahead:
        said = ngettext("waiting behind %(count)d other", "waiting behind %(count)d others", ahead) % {"count": ahead}
        yours = ngettext(", %(count)d of them yours", ", %(count)d of them yours", own) % {"count": own}
        return said + (yours if own else "")
    if state == Transcript.State.RECOGNISING and transcript.recognised_seconds >= (transcript.duration_seconds or 0.0):
        return _("finishing")
    return str(state.label)


def _reason(transcript: Transcript, state: Transcript.State) -> str:
    """Why it goes after others that came later."""
    if state == Transcript.State.QUEUED and transcript.priority == Transcript.Priority.BULK:
        return _("So that nobody waits long, those of many recordings go when no others wait.")
    return ""


def _speed(transcript: Transcript) -> str:
    """How fast it is recognised, once there is something to tell it by."""
    busy = (timezone.now() - transcript.started_at).total_seconds() if transcript.started_at else 0.0
    if busy < SPEED_FROM_SECONDS or not transcript.recognised_seconds:
        return ""
    return _("%(times)s× as fast as it is spoken") % {"times": floatformat(transcript.recognised_seconds / busy, 1)}


def _arrived(row: Transcription) -> str:
    """How much of its file has come, while it comes."""
    upload = getattr(row, "upload", None)
    if upload is None or upload.completed_at or upload.error_code:
        return ""
    there = incoming.received(upload.pk)
    if not upload.size_bytes:
        return _("uploading, %(size)s so far") % {"size": filesizeformat(there)}
    return _("uploading, %(percent)d %%") % {"percent": int(100 * there / upload.size_bytes)}


def _outcome(transcript: Transcript, state: Transcript.State) -> str:
    if state == Transcript.State.FAILED:
        return sentence(transcript.error_code, **limits(transcript.error_code))
    if state == Transcript.State.CANCELLED and transcript.first_segment_at:
        return _("Not all of it was transcribed.")
    if state == Transcript.State.DONE and transcript.first_segment_at is None:
        return _("No speech was found in this recording.")
    return ""


def _made(row: Transcription, kind: str) -> Made:
    found = renditions.of(row, kind)
    return NOT_ASKED_FOR if found is None else _how_far(row, found)


def _document(row: Transcription, found: Rendition) -> Made:
    name, shape = found.form["format"], found.form["shape"]
    seconds = {"seconds": floatformat(shape.get("offset"), -1)}
    parts = [
        name,
        str(FLOWS.get(shape.get("flow"), "")),
        _("with times") if "times" in shape else "",
        _("%(seconds)s seconds later") % seconds if "offset" in shape else "",
        _("without speakers") if shape.get("speakers") is False else "",
        _("as recognised") if "original" in found.form else "",
    ]
    original = {"original": True} if "original" in found.form else {}
    asked = (shape | original).items()
    query = urlencode({key: int(value) if isinstance(value, bool) else value for key, value in asked})
    address = f"{reverse('download', args=[row.pk, name])}?{query}"
    return replace(_how_far(row, found), name=", ".join(filter(None, parts)), address=address)


def _how_far(row: Transcription, found: Rendition) -> Made:
    length = row.transcript.duration_seconds or row.transcript.media.duration_seconds
    percent = min(99, int(100 * found.made_seconds / length)) if length and found.made_seconds else None
    said = sentence(found.error_code) if found.state == Rendition.State.FAILED else ""
    return Made(found.state, percent, said, found.expires_at)


def keys() -> list[tuple[str, str]]:
    """What the player does by the keyboard, by the names of static/js/player/keys.js."""
    return [
        ("play", _("Play and pause")),
        ("back", _("5 seconds back")),
        ("forward", _("5 seconds on")),
        ("previous", _("Previous sentence")),
        ("next", _("Next sentence")),
        ("wordBack", _("Previous word")),
        ("wordOn", _("Next word")),
        ("slower", _("Slower")),
        ("faster", _("Faster")),
        ("normal", _("Usual speed")),
        ("silence", _("Skip silence")),
        ("loop", _("Loop the selected text, or the sentence")),
        ("follow", _("Follow what is spoken")),
        ("edit", _("Correct the text")),
        ("find", _("Find in this transcript")),
        ("sheet", _("This sheet")),
    ]


def downloads() -> dict[str, Any]:
    return {"formats": list(FORMATS), "shape": ShapeForm()}


def upload_form(user: User) -> dict[str, Any]:
    """What the upload form offers and allows, and what its person usually chooses; the script refuses with the same
    sentences before it sends."""
    size = filesizeformat(current.MAX_UPLOAD_BYTES)
    return {
        "languages": languages(),
        "links": current.ALLOW_LINKS,
        "presets": presets(),
        "chosen": {"preset": current.WHISPER_PRESET, **user.defaults},
        "longest_hotwords": LONGEST_TEXT,
        "max_bytes": current.MAX_UPLOAD_BYTES,
        "max_size": size,
        "tus": PATH,
        "chunk_bytes": settings.UPLOAD_CHUNK_BYTES,
        "at_once": settings.UPLOADS_AT_ONCE,
        "lookup_bytes": settings.UPLOAD_LOOKUP_BYTES,
        "no_file": sentence("no_file"),
        "too_large": sentence("too_large", limit=size),
        "empty_file": sentence("empty_file"),
        "broken_upload": sentence("broken_upload"),
        "stale_page": sentence("stale_page"),
    }


def use(user: User) -> list[tuple[str, str, str]]:
    """What somebody uses of the site: its name, how much, and the limit where there is one."""
    used = quota.use(user)
    bytes_allowed, hours_allowed = current.MAX_BYTES_PER_USER, current.MAX_HOURS_PER_USER
    return [
        (_("Recordings"), filesizeformat(used.size_bytes), filesizeformat(bytes_allowed) if bytes_allowed else ""),
        (_("Length"), durations.length(used.seconds), durations.length(hours_allowed * 3600) if hours_allowed else ""),
        (_("Files on their way"), str(used.uploads), str(current.MAX_UPLOADS_PER_USER or "")),
    ]


def takeout(user: User) -> Made:
    """All that somebody has, as a zip."""
    found = taking.of(user)
    if found is None:
        return NOT_ASKED_FOR
    percent = min(99, int(100 * found.made_bytes / found.all_bytes)) if found.all_bytes else None
    said = sentence(found.error_code) if found.state == Takeout.State.FAILED else ""
    return Made(found.state, percent, said, found.expires_at, found.size_bytes)


def banner(request: HttpRequest) -> dict[str, str]:
    """What the operator says above every page; a context processor."""
    return {"banner": current.BANNER}


def presets() -> list[tuple[str, str]]:
    return [("fast", _("Fast")), ("balanced", _("Balanced")), ("accurate", _("Accurate, and slow"))]


def languages() -> list[tuple[str, str]]:
    """Code and name of every language, in the reader's language; the usual ones first."""
    named = {code: language_name(code) for code in LANGUAGES}
    rest = sorted((code for code in LANGUAGES if code not in COMMON_LANGUAGES), key=lambda code: letters(named[code]))
    return [(code, named[code]) for code in (*COMMON_LANGUAGES, *rest)]
