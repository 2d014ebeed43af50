"""A program's file: its form read to disk, its entry made, its result waited for. A client that goes away cancels.

Waiting holds neither a thread nor a database connection: it listens for "look again" and reads the row then.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from transcriptions import metrics, temporary
from transcriptions.api.refusals import refused
from transcriptions.api.values import ApiError, Call, Caller
from transcriptions.models import Transcript, Transcription
from transcriptions.progress import announcements
from transcriptions.threads import in_thread
from transcriptions.uploads import reading
from transcriptions.uploads.body import Disconnected, Receive
from transcriptions.uploads.form import Fields, Form, FormError
from transcriptions.workflow import history
from transcriptions.workflow.intake import ReceivedFile, Refused, accept_upload
from transcriptions.workflow.programs import Request

Result = TypeVar("Result")

LOOK_SECONDS = 15.0  # without an announcement
REST_SECONDS = 0.2  # between two looks
GRACE_SECONDS = 2.0  # a client that lost its line, or patience, begins again within that

_waiting: Counter[uuid.UUID] = Counter()  # requests of this process, by their entry; of its event loop alone

Chosen = Callable[[Fields], Mapping[str, Any]]


async def bring(
    call: Call,
    caller: Caller,
    chosen: Chosen,
    *,
    field: str = "file",
    before_file: Callable[[Fields], object] | None = None,
    looks: bool = True,
    prepared: Callable[[ReceivedFile], ReceivedFile] | None = None,
    callback: Chosen = lambda fields: {},
    key: str = "",
) -> tuple[Transcription, Fields]:
    """Their entry over the file in the call's body, and the form's fields. Raises ApiError, Disconnected.

    chosen: gives options by the form's fields; field: the file's, which who sends no form is told: any is taken.
    before_file: refuses fields while the file is still to come. looks: as Form has it. prepared: makes of the file, in
    its own folder, what is brought. callback: gives by them where its program wants to be told, in a thread; may raise
    Refused. key: in place of its own Idempotency-Key.
    """
    if not reading.boundary(call.scope):
        raise refused("not_a_form", field=field)
    if code := await reading.refusal(call.scope):
        raise refused(code)
    folder = temporary.make("api")
    try:
        form = Form(reading.boundary(call.scope), folder, max_files=1, looks=looks, before_file=before_file)
        await reading.read(call.body, form)
        options = chosen(form.fields)
        if not form.files:
            raise refused("no_file")
        file = await asyncio.to_thread(prepared, form.files[0]) if prepared else form.files[0]
        key = key or call.headers.get("idempotency-key", "")
        accept = partial(_accept, key, caller.user, file, options, partial(callback, form.fields))
        return await in_thread(accept), form.fields
    except FormError as error:
        metrics.uploads.labels(outcome=error.code).inc()
        raise refused(error.code, **({"limit": 1} if error.code == "too_many_files" else {})) from None
    finally:
        await asyncio.to_thread(temporary.remove, folder)


def _accept(
    key: str,
    user: User,
    file: ReceivedFile,
    options: Mapping[str, Any],
    callback: Callable[[], Mapping[str, Any]],
) -> Transcription:
    try:
        request = Request(key, callback())
        return accept_upload(user=user, upload=file, chosen=options, now=timezone.now(), request=request)
    except Refused as refusal:
        raise refused(refusal.code, **refusal.values) from None


async def waited_for(call: Call, entry: Transcription, work: Awaitable[Result]) -> Result:
    """What comes of the work, while the client is there; raises Disconnected when it goes. Its entry is cancelled then,
    unless it soon comes again, or has asked twice: the transcription goes on if others wait for the same."""
    _waiting[entry.pk] += 1
    gone, working = asyncio.ensure_future(_gone(call.receive)), asyncio.ensure_future(work)
    try:
        await asyncio.wait((gone, working), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        await asyncio.sleep(GRACE_SECONDS)
        if _waiting[entry.pk] == 1:
            await in_thread(partial(history.cancel, entry=entry, now=timezone.now()))
        raise Disconnected
    finally:
        _waiting[entry.pk] -= 1
        if not _waiting[entry.pk]:
            del _waiting[entry.pk]
        for task in (gone, working):
            task.cancel()
        await asyncio.gather(gone, working, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def over(entry: Transcription) -> Transcription:
    """The entry once its text is done. Raises ApiError."""
    async for now in looks(entry):
        entry = now
    return entry


async def looks(entry: Transcription) -> AsyncIterator[Transcription]:
    """The entry as it is now, whenever it has changed, to its end. Raises ApiError when that is not a text."""
    while True:
        async with announcements.of(entry.transcript_id) as changed:
            while True:
                changed.clear()
                before, entry = entry, await in_thread(partial(_look, entry))
                yield entry
                if not entry.transcript.is_live:
                    return
                if entry.transcript_id != before.transcript_id:
                    break  # it was transcribed anew: there is another one to listen for
                await asyncio.sleep(REST_SECONDS)
                try:
                    await asyncio.wait_for(changed.wait(), LOOK_SECONDS)
                except TimeoutError:
                    continue


def _look(entry: Transcription) -> Transcription:
    """Raises ApiError when it will have no text, or is gone."""
    found = entry.user.transcriptions.select_related("transcript__media", "user").filter(pk=entry.pk).first()
    if found is None:
        raise ApiError(HTTPStatus.NOT_FOUND, _("The transcription was deleted."), code="deleted")
    if found.cancelled_at or found.transcript.state == Transcript.State.CANCELLED:
        raise ApiError(HTTPStatus.BAD_REQUEST, _("The transcription was cancelled."), code="cancelled")
    if found.transcript.state == Transcript.State.FAILED:
        raise refused(found.transcript.error_code or "recognition_failed")
    return found
