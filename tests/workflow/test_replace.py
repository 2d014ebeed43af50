"""Find and replace: all of it as one change, and never for ever."""

import time

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.workflow import edited
from tests.workflow.edited import said
from transcriptions.models import Change, Transcription
from transcriptions.workflow import lines, undo
from transcriptions.workflow.intake import Refused
from transcriptions.workflow.replace import SAMPLES, Wanted, preview, replace_all

pytestmark = pytest.mark.django_db

TEXTS = ("The cat sat.", "A concatenated Cat.", "Nothing here.")


def put(entry: Transcription, wanted: Wanted) -> None:
    replace_all(entry=entry, user=entry.user, wanted=wanted, now=timezone.now())


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted("cat", "dog"), ("The dog sat.", "A condogenated dog.")),
        (Wanted("cat", "dog", any_case=False), ("The dog sat.", "A condogenated Cat.")),
        (Wanted("cat", "dog", whole_words=True), ("The dog sat.", "A concatenated dog.")),
        (Wanted("(c)at", r"\1ow", as_pattern=True, any_case=False), ("The cow sat.", "A concowenated Cat.")),
        (Wanted("cat", r"\1"), (r"The \1 sat.", r"A con\1enated \1.")),
        (Wanted(".", "!"), ("The cat sat!", "A concatenated Cat!")),
        (Wanted("CATÉ", "dog"), TEXTS[:2]),
    ],
)
def test_it_replaces_what_is_wanted(alice: User, wanted: Wanted, expected: tuple[str, str]) -> None:
    entry = edited.text(alice, *TEXTS)
    put(entry, wanted)
    assert tuple(said(entry)[:2]) == expected


def test_it_shows_before_it_does(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    found = preview(entry=entry, wanted=Wanted("cat", "dog"))
    assert (found.places, found.lines) == (3, 2)
    first = found.samples[0]
    assert (first.start, first.before, first.after) == (0.0, "The cat sat.", "The dog sat.")
    assert said(entry) == list(TEXTS)


def test_it_shows_some_and_counts_all(alice: User) -> None:
    entry = edited.text(alice, *("a a" for _ in range(SAMPLES)))
    found = preview(entry=entry, wanted=Wanted("a"))
    assert (found.places, found.lines, len(found.samples)) == (2 * SAMPLES, SAMPLES, SAMPLES)


def test_it_is_one_change_and_words_keep_their_times(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    before = [word.start for line in edited.now(entry) for word in line.words]
    put(entry, Wanted("cat", "dog"))
    assert Change.objects.count() == 1
    assert [word.start for line in edited.now(entry) for word in line.words] == before
    undo.undo(entry=entry, user=alice, now=timezone.now())
    assert said(entry) == list(TEXTS)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(""),
        Wanted("(", as_pattern=True),
        Wanted("x" * 501),
        Wanted("x*", "-", as_pattern=True),
        Wanted("a{999}", as_pattern=True),
        Wanted("((((a{1,200}){1,200}){1,200}){1,200}){1,200}", as_pattern=True),
    ],
)
def test_what_is_no_pattern_is_refused(alice: User, wanted: Wanted) -> None:
    with pytest.raises(Refused, match="bad_pattern"):
        put(edited.text(alice, *TEXTS), wanted)


def test_a_line_does_not_grow_without_end(alice: User) -> None:
    entry = edited.text(alice, "a" * 400)
    with pytest.raises(Refused, match="line_too_long"):
        put(entry, Wanted("a", "b" * 100))
    assert said(entry) == ["a" * 400]


def test_letters_of_all_languages_have_cases_and_make_words(alice: User) -> None:
    entry = edited.text(alice, "Émile dit émile, émilement.")
    put(entry, Wanted("ÉMILE", "Zoé", whole_words=True))
    assert said(entry) == ["Zoé dit Zoé, émilement."]


def test_a_pattern_that_would_never_end_is_refused_in_time(alice: User, settings: Settings) -> None:
    settings.FIND_SECONDS = 0.5
    entry = edited.text(alice, *(["ab" * 2000 + "!z"] * 5))
    wanted = Wanted(r"(.+)+\1z", "x", as_pattern=True)
    began = time.monotonic()
    with pytest.raises(Refused, match="pattern_too_slow"):
        preview(entry=entry, wanted=wanted)
    with pytest.raises(Refused, match="pattern_too_slow"):
        put(entry, wanted)
    assert time.monotonic() - began < 5
    put(entry, Wanted("!", "?"))  # nothing of it stays behind
    assert said(entry)[0].endswith("?z")


def test_the_time_that_writing_takes_is_not_that_of_looking(
    alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FIND_SECONDS = 0.5
    entry = edited.text(alice, *TEXTS[:2])

    def slowly(page: list[lines.Line]) -> list[lines.Line]:
        time.sleep(0.6)
        return page

    pages = [[line] for line in lines.page(entry).lines]
    monkeypatch.setattr(lines, "pages", lambda entry: map(slowly, pages))
    put(entry, Wanted("cat", "dog"))
    assert said(entry) == ["The dog sat.", "A condogenated dog."]
