"""What readers of an entry say about its moments: said, resolved, deleted. Whoever looks on is told to look again.

Who may, the doors ask beforehand.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, QuerySet

from accounts.models import User
from transcriptions import progress
from transcriptions.models import Comment, Transcription
from transcriptions.workflow.intake import Refused


def of(entry: Transcription) -> QuerySet[Comment]:
    """In the order of their moments."""
    return entry.comments.select_related("user").order_by("seconds", "pk")


def mark(entry: Transcription) -> str:
    """Another one after every change."""
    found = entry.comments.aggregate(count=Count("pk"), last=Max("changed_at"))
    return f"{found['count']}-{found['last'].timestamp() if found['last'] else 0}"


def say(
    *, entry: Transcription, user: User | None, name: str, guest: str, seconds: float, text: str, now: datetime
) -> Comment:
    """name, guest: of somebody without an account. Raises Refused."""
    with transaction.atomic():
        Transcription.objects.select_for_update(no_key=True).get(pk=entry.pk)  # counted one after the other
        if entry.comments.count() >= settings.MAX_COMMENTS:
            raise Refused("too_many_comments", limit=settings.MAX_COMMENTS)
        said = {"seconds": seconds, "text": text, "created_at": now, "changed_at": now}
        who = {"user": user} if user else {"name": name, "guest": guest}
        comment = Comment.objects.create(transcription=entry, **who, **said)
        progress.announce(entry.transcript_id)
    return comment


def resolve(*, entry: Transcription, comment: Comment, resolved: bool, now: datetime) -> None:
    with transaction.atomic():
        entry.comments.filter(pk=comment.pk).update(is_resolved=resolved, changed_at=now)
        progress.announce(entry.transcript_id)


def delete(*, entry: Transcription, comment: Comment) -> None:
    with transaction.atomic():
        entry.comments.filter(pk=comment.pk).delete()
        progress.announce(entry.transcript_id)
