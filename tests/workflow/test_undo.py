"""Taking back, making again: the text is as it was, whatever was done; and what others did is not taken with it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.workflow import edited
from tests.workflow.edited import at, said
from transcriptions.models import Change, SegmentEdit, Transcription
from transcriptions.workflow import edit, replace, undo
from transcriptions.workflow.intake import Refused
from transcriptions.workflow.pen import Conflict

pytestmark = pytest.mark.django_db

TEXTS = ("Good mourning.", "How are you?", "Fine thanks.")


def change(entry: Transcription, place: int, text: str, **by: User) -> None:
    edit.change_text(**{**at(entry, place), **by}, text=text, now=timezone.now())


def back(entry: Transcription, user: User) -> Change | None:
    return undo.undo(entry=entry, user=user, now=timezone.now())


def again(entry: Transcription, user: User) -> Change | None:
    return undo.redo(entry=entry, user=user, now=timezone.now())


def test_the_last_change_is_taken_back_first_and_made_again_last(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    for text in ("one", "two"):
        change(entry, 0, text)
    for expected in ("one", TEXTS[0], TEXTS[0]):
        back(entry, alice)
        assert said(entry)[0] == expected
    for expected in ("one", "two", "two"):
        again(entry, alice)
        assert said(entry)[0] == expected
    assert undo.can(entry, alice) == (True, False)


def test_after_another_change_nothing_is_made_again(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    change(entry, 0, "one")
    back(entry, alice)
    change(entry, 1, "two")
    assert again(entry, alice) is None
    assert said(entry) == [TEXTS[0], "two", TEXTS[2]]


def test_everybody_takes_back_their_own(alice: User, bob: User) -> None:
    entry = edited.text(alice, *TEXTS)
    change(entry, 0, "Alice's.")
    change(entry, 1, "Bob's.", user=bob)
    back(entry, alice)
    assert said(entry) == [TEXTS[0], "Bob's.", TEXTS[2]]
    assert back(entry, alice) is None


def test_what_somebody_else_has_changed_since_stays(alice: User, bob: User) -> None:
    entry = edited.text(alice, *TEXTS)
    change(entry, 0, "Alice's.")
    change(entry, 0, "Bob's.", user=bob)
    with pytest.raises(Conflict) as conflict:
        back(entry, alice)
    assert [line.text for line in conflict.value.lines] == ["Bob's."]
    assert said(entry)[0] == "Bob's."


def test_lines_do_not_come_back_over_newer_ones(alice: User, bob: User) -> None:
    entry = edited.text(alice, *TEXTS)
    edit.join(**at(entry, 0), now=timezone.now())
    edit.revert(**at(entry, 0), now=timezone.now())
    change(entry, 1, "Bob's.", user=bob)
    with pytest.raises(Conflict):
        back(entry, alice)
    assert said(entry) == [TEXTS[0], "Bob's.", TEXTS[2]]


def test_a_sibling_changed_since_is_not_in_the_way(alice: User, bob: User) -> None:
    entry = edited.text(alice, *TEXTS)
    edit.split(**at(entry, 1), at=3, now=timezone.now())
    change(entry, 1, "Who", user=alice)
    change(entry, 2, "were you?", user=bob)
    back(entry, alice)
    assert said(entry)[1:3] == ["How", "were you?"]


def test_the_list_says_who_what_and_when(alice: User, bob: User) -> None:
    entry = edited.text(alice, *TEXTS)
    change(entry, 0, "Good morning.")
    edit.join(**{**at(entry, 1), "user": bob}, now=timezone.now())
    back(entry, bob)
    found = list(undo.history(entry))
    assert [(row.kind, row.user, row.lines, row.at) for row in found] == [
        ("undo", bob, 0, 2.0), ("join", bob, 1, 2.0), ("text", alice, 1, 0.0)
    ]  # fmt: skip
    assert (found[1].is_undone, found[2].is_undone) == (True, False)
    assert (found[2].before, found[2].after) == (TEXTS[0], "Good morning.")
    assert [row.pk for row in undo.history(entry, before=found[1].pk)] == [found[2].pk]


Step = tuple[str, int, str]
STEPS = st.tuples(
    st.sampled_from(["text", "split", "join", "times", "speaker", "check", "revert", "replace", "undo", "redo"]),
    st.integers(0, 5),
    st.sampled_from(["", "a", "How you are?", "Fine  and, thanks", "今日は"]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=8))
def test_undoing_everything_gives_what_was_recognised(alice: User, steps: list[Step]) -> None:
    with transaction.atomic():
        entry = edited.text(alice, *TEXTS)
        for step in steps:
            take(entry, *step)
            ask_in_order(entry)
        while back(entry, alice):
            ask_in_order(entry)
        assert said(entry) == list(TEXTS)
        assert not SegmentEdit.objects.filter(transcription=entry, ended_by=None).exists()
        transaction.set_rollback(True)


def take(entry: Transcription, what: str, place: int, text: str) -> None:
    shown = edited.now(entry)
    line = shown[place % len(shown)]
    one: dict[str, Any] = {**at(entry, place % len(shown)), "now": timezone.now()}
    person: dict[str, Any] = {"entry": entry, "user": entry.user, "now": timezone.now()}
    middle = (line.start + line.end) / 2
    wanted = replace.Wanted("a", text)
    does: dict[str, Callable[[], object]] = {
        "text": lambda: edit.change_text(**one, text=text),
        "split": lambda: edit.split(**one, at=place + 1),
        "join": lambda: edit.join(**one),
        "times": lambda: edit.change_times(**one, start=line.start, end=middle),
        "speaker": lambda: edit.set_speaker(**person, key=line.key, until=shown[0].key, speaker=text),
        "check": lambda: edit.mark_checked(**one, checked=True),
        "revert": lambda: edit.revert(**one),
        "replace": lambda: replace.replace_all(**person, wanted=wanted),
        "undo": lambda: undo.undo(**person),
        "redo": lambda: undo.redo(**person),
    }
    with suppress(Refused):
        does[what]()


def ask_in_order(entry: Transcription) -> None:
    """Times of lines and of their words go on, and their words say what they say."""
    reached = 0.0
    for line in edited.now(entry):
        assert reached <= line.start <= line.end
        reached = line.start
        borders = [line.start, *(border for word in line.words for border in (word.start, word.end)), line.end]
        assert borders == sorted(borders)
        if line.words:
            assert "".join("".join(word.text for word in line.words).split()) == "".join(line.text.split())
