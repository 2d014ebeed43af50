"""What Django and allauth say, said better here."""

from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from transcriptions.web import words

TEXTS = [text for group in vars(words).values() if isinstance(group, tuple) for text in group]


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_still_what_they_say(text: str) -> None:
    """What they call otherwise one day would be collected and translated for nothing."""
    said: set[str] = set()
    for library in ("django", "allauth"):
        for path in Path(str(files(library))).rglob("locale/pt_BR/LC_MESSAGES/django.mo"):
            with path.open("rb") as opened:
                said |= {message.id for message in read_mo(opened) if isinstance(message.id, str)}
    assert text in said
