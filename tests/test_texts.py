"""The interface's texts: every one collected, translated and compiled."""

import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from tests.environment import not_run

CATALOGUES = sorted(Path(settings.BASE_DIR, "locale").glob("*/LC_MESSAGES/django.po"))
PLACES = re.compile(r"%\(\w+\)[sd]")


def test_there_is_one_for_every_language_but_english() -> None:
    found = {path.parts[-3].lower().replace("_", "-") for path in CATALOGUES}
    assert found == {code for code, _ in settings.LANGUAGES} - {"en"}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_nothing_is_untranslated_and_the_compiled_file_says_the_same(path: Path) -> None:
    with path.open("rb") as opened:
        catalogue = read_po(opened)
    with path.with_suffix(".mo").open("rb") as opened:
        compiled = gettext.GNUTranslations(opened)
    for message in catalogue:
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        ids = list(message.id) if isinstance(message.id, list | tuple) else [message.id]
        strings = [str(s) for s in (message.string if isinstance(message.string, list | tuple) else [message.string])]
        assert all(strings), f"not translated: {message.id}"
        for string in strings:
            assert set(PLACES.findall(string)) == set(PLACES.findall(ids[-1])), message.id
        said = compiled.ngettext(ids[0], ids[1], 1) if len(ids) > 1 else compiled.gettext(ids[0])
        assert said == strings[0], "run `make messages`"


def test_every_text_in_the_code_has_been_collected(tmp_path: Path) -> None:
    if not shutil.which("xgettext"):
        not_run("gettext is not installed, so nobody looked for uncollected texts")
    copy = tmp_path / "site"
    ignored = shutil.ignore_patterns(".venv", "var", ".git", "tests", "*.mo", "__pycache__", ".*_cache")
    shutil.copytree(settings.BASE_DIR, copy, ignore=ignored)
    collect = ["manage.py", "makemessages", "--locale", "pt_BR", "--no-obsolete", "--add-location", "never"]
    subprocess.run([sys.executable, *collect], cwd=copy, check=True, capture_output=True)

    def ids(path: Path) -> set[str]:
        with path.open("rb") as opened:
            return {str(message.id) for message in read_po(opened) if message.id}

    place = "locale/pt_BR/LC_MESSAGES/django.po"
    assert ids(copy / place) == ids(Path(settings.BASE_DIR, place)), "run `make messages`"
