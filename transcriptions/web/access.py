"""The one way to somebody's entry: through its owner. A stranger's does not exist."""

import uuid

from django.http import Http404

from accounts.models import User
from transcriptions.models import Transcription


def entry_of(user: User, entry_id: uuid.UUID) -> Transcription:
    """Raises Http404."""
    entries = user.transcriptions.select_related("transcript__media", "user", "upload")
    try:
        return entries.get(pk=entry_id)
    except Transcription.DoesNotExist:
        raise Http404 from None
