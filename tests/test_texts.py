"""The interface's texts: every one marked, collected, translated and compiled."""

import ast
import gettext
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.template.base import Lexer, TokenType

from tests.environment import not_run

CATALOGUES = sorted(Path(settings.BASE_DIR, "locale").glob("*/LC_MESSAGES/django.po"))
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
MODULES = [
    path
    for room in ("accounts", "transcriptions", "transcribe_site")
    for path in sorted(Path(settings.BASE_DIR, room).rglob("*.py"))
    if "migrations" not in path.parts
]
SCRIPTS = sorted(Path(settings.BASE_DIR, "static/js").rglob("*.js"))
SHOWN_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title"}
NAMES = {"Transcribe Site", "https://example.org/talk.mp3"}  # the same in every language
NOT_SHOWN = ("blocktranslate", "comment", "plural", "block main_class")  # what stands behind these tags
SHOWN_FIELDS = {"help_text", "help_texts", "label", "labels", "verbose_name", "verbose_name_plural"}
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
        if message.context:
            said = compiled.pgettext(message.context, ids[0])
        else:
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


class Unmarked(HTMLParser):
    """What people read of a template without its tags: texts, and attributes that are shown, by scripts too."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self._note(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SHOWN_ATTRIBUTES or (name.startswith("data-") and " " in (value or "").strip()):
                self._note(value or "")

    def _note(self, text: str) -> None:
        said = " ".join(text.split()).strip(" ·")
        if re.search(r"[^\W\d_]", re.sub(r"{\w+}", "", said)) and said not in NAMES:
            self.texts.append(said)


def unmarked_in_template(source: str) -> list[str]:
    found, pieces, inside = Unmarked(), [], False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            inside = token.contents.startswith(NOT_SHOWN)
        elif token.token_type == TokenType.TEXT and not inside:
            pieces.append(token.contents)
    found.feed("".join(pieces))
    found.close()
    return found.texts


def unmarked_in_module(source: str) -> Iterator[str]:
    """Literals where people read them: messages, fields of forms and models, refusals of forms."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        shown = [keyword.value for keyword in node.keywords if keyword.arg in SHOWN_FIELDS]
        called = ast.unparse(node.func)
        if called.startswith("messages."):
            shown += node.args[1:2]
        if called.endswith("ValidationError"):
            shown += node.args[:1]
        yield from (ast.unparse(each) for each in shown if isinstance(each, ast.JoinedStr))
        yield from (each.value for each in shown if isinstance(each, ast.Constant) and isinstance(each.value, str))


def unmarked_in_script(source: str) -> list[str]:
    """Sentences, and what is put where people read it. Scripts have their texts from data attributes."""
    code = re.sub(r"/\*.*?\*/|^\s*//.*?$|\s// .*?$", "", source, flags=re.DOTALL | re.MULTILINE)
    code = re.sub(r"new \w*Error\([^)]*\)", "", code)  # for whoever reads the console
    sentences = re.findall(r"[\"'`]([A-Z][a-z]+ [a-z][^\"'`]*)[\"'`]", code)
    return sentences + re.findall(
        r"(?:textContent|innerText|title|ariaLabel|placeholder) = [\"'`]([^\"'`$]*[A-Za-z]{2}[^\"'`]*)[\"'`]", code
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_anything_in_one_language_only(path: Path) -> None:
    assert unmarked_in_template(path.read_text()) == []


def test_no_module_says_anything_in_one_language_only() -> None:
    assert {path.name: texts for path in MODULES if (texts := list(unmarked_in_module(path.read_text())))} == {}


def test_no_script_says_anything_in_one_language_only() -> None:
    assert {path.name: texts for path in SCRIPTS if (texts := unmarked_in_script(path.read_text()))} == {}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Hello {{ name }}</p>", "Hello"),
        ("{% blocktranslate %}Hello{% endblocktranslate %} there", "there"),
        ('<button title="Send earlier">↑</button>', "Send earlier"),
        ('<form data-paused="paused at {sent}">', "paused at {sent}"),
    ],
)
def test_an_unmarked_text_of_a_template_is_found(source: str, text: str) -> None:
    assert unmarked_in_template(source) == [text]


@pytest.mark.parametrize(
    "source",
    ['messages.success(request, "Saved.")', 'Field(label="Saved.")', 'raise forms.ValidationError("Saved.")'],
)
def test_an_unmarked_text_of_a_module_is_found(source: str) -> None:
    assert list(unmarked_in_module(source)) == ["Saved."]


@pytest.mark.parametrize("source", ['note.textContent = "paused";', 'say("Try again later.");'])
def test_an_unmarked_text_of_a_script_is_found(source: str) -> None:
    assert len(unmarked_in_script(source)) == 1
