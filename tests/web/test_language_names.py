"""What languages are called."""

import pytest
from django.utils import translation

from transcriptions.engine.options import LANGUAGES
from transcriptions.web.language_names import language_name


@pytest.mark.parametrize("reader", ["en", "pt-br"])
def test_every_language_has_a_name(reader: str) -> None:
    with translation.override(reader):
        assert [code for code in LANGUAGES if language_name(code) == code] == []


def test_the_name_is_in_the_readers_language() -> None:
    with translation.override("pt-br"):
        assert [language_name(code) for code in ("zh", "no", "de", "haw")] == [
            "Chinês",
            "Norueguês",
            "Alemão",
            "Havaiano",
        ]
