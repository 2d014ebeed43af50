"""Search over corrections: what a person made of a text is found, what they took out of it is not; by them alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.workflow import edited
from tests.workflow.edited import at
from transcriptions.models import Lexeme, Passage, Segment, SegmentEdit, Transcript, Transcription
from transcriptions.workflow import edit, lines, passages, replace, search, undo
from transcriptions.workflow.intake import Refused

pytestmark = pytest.mark.django_db

TEXTS = ("Good mourning.", "How are you?", "Fine thanks.")


def text(user: User, *texts: str, **fields: str) -> Transcription:
    entry = edited.text(user, *(texts or TEXTS), **fields)
    passages.index(entry.transcript.shards.get().pk)
    return entry


def shown(user: User, typed: str) -> list[str]:
    """The lines that are found, with brackets around what is marked."""
    found = search.find(user=user, typed=typed).found
    return ["".join(f"[{part}]" if hit else part for part, hit in line.pieces) for one in found for line in one.lines]


def change(entry: Transcription, place: int, text: str) -> None:
    edit.change_text(**at(entry, place), text=text, now=timezone.now())


def replace_all(entry: Transcription, text: str, put: str) -> None:
    wanted = replace.Wanted(text, put)
    replace.replace_all(entry=entry, user=entry.user, wanted=wanted, now=timezone.now())


def test_what_was_corrected_is_found_and_what_was_corrected_away_is_not(alice: User) -> None:
    entry = text(alice)
    change(entry, 0, "Good evening.")
    assert shown(alice, "evening") == ["Good [evening]."]
    assert shown(alice, "mourning") == []
    assert shown(alice, "fine") == ["[Fine] thanks."]
    assert shown(alice, "evening thanks") == ["Good [evening].", "Fine [thanks]."]
    assert shown(alice, "eveming") == ["Good [evening]."]


def test_others_find_what_was_recognised(alice: User, bob: User) -> None:
    mine = text(alice)
    theirs = Transcription.objects.create(
        user=bob, transcript=mine.transcript, title="Theirs", file_name="b", created_at=mine.created_at
    )
    change(mine, 0, "Good evening.")
    assert (shown(bob, "mourning"), shown(bob, "evening")) == (["Good [mourning]."], [])
    change(theirs, 0, "Good night.")
    assert (shown(bob, "mourning"), shown(alice, "night")) == ([], [])
    assert (shown(bob, "night"), shown(alice, "evening")) == (["Good [night]."], ["Good [evening]."])


def test_two_entries_of_one_person_over_the_same_text_are_told_apart(alice: User) -> None:
    one = text(alice)
    Transcription.objects.create(
        user=alice, transcript=one.transcript, title="Other", file_name="b", created_at=one.created_at
    )
    change(one, 0, "Good evening.")
    found = {each.entry.title: each.lines for each in search.find(user=alice, typed="good").found}
    assert {title: its[0].pieces[1][0] for title, its in found.items()} == {"Talk": " evening.", "Other": " mourning."}
    assert [each.entry.title for each in search.find(user=alice, typed="mourning").found] == ["Other"]


def test_what_is_undone_is_as_it_was(alice: User) -> None:
    entry = text(alice)
    change(entry, 0, "Good evening.")
    undo.undo(entry=entry, user=alice, now=timezone.now())
    assert (shown(alice, "mourning"), shown(alice, "evening")) == (["Good [mourning]."], [])
    assert not Passage.objects.exclude(transcription=None).exists()
    undo.redo(entry=entry, user=alice, now=timezone.now())
    assert (shown(alice, "mourning"), shown(alice, "evening")) == ([], ["Good [evening]."])
    edit.revert(**at(entry, 0), now=timezone.now())
    assert shown(alice, "mourning") == ["Good [mourning]."]


def test_lines_are_found_as_they_were_split_and_joined(alice: User) -> None:
    entry = text(alice)
    edit.join(**at(entry, 0), now=timezone.now())
    assert shown(alice, "mourning") == ["Good [mourning]. How are you?"]
    edit.split(**at(entry, 0), at=5, now=timezone.now())
    assert shown(alice, "mourning") == ["[mourning]. How are you?"]


def test_a_line_that_goes_from_one_passage_into_the_next_is_found_once(alice: User) -> None:
    entry = text(alice, *(f"number {number}" for number in range(40)))
    assert Passage.objects.count() == 2
    for _ in range(3):
        edit.join(**at(entry, 28), now=timezone.now())
    assert shown(alice, "31") == ["number 28 number 29 number 30 number [31]"]
    assert shown(alice, "32") == ["number [32]"]
    assert Passage.objects.exclude(transcription=None).count() == 2


def test_a_line_that_is_moved_before_all_others_is_found(alice: User) -> None:
    entry = text(alice)
    Segment.objects.filter(position=0).update(start_seconds=1.0)
    passages.index(entry.transcript.shards.get().pk)
    edit.change_times(**at(entry, 0), start=0.5, end=1.5, now=timezone.now())
    assert shown(alice, "mourning") == ["Good [mourning]."]


def test_who_speaks_is_found(alice: User) -> None:
    entry = text(alice)
    line = at(entry, 1)
    del line["version"]
    edit.set_speaker(**line, speaker="Zoë", now=timezone.now())
    assert shown(alice, "zoe") == ["[Zoë]: How are you?"]
    edit.rename_speaker(entry=entry, user=alice, speaker="Zoë", name="Ann", now=timezone.now())
    assert (shown(alice, "zoe"), shown(alice, "ann")) == ([], ["[Ann]: How are you?"])


def test_replacing_everywhere_is_found_everywhere_and_undone_everywhere(alice: User) -> None:
    entry = text(alice, *(f"number {number}" for number in range(100)))
    replace_all(entry, "number", "figure")
    assert (shown(alice, "number"), shown(alice, '"figure 99"')) == ([], ["[figure] [99]"])
    assert Passage.objects.filter(transcription=entry).count() == Passage.objects.filter(transcription=None).count()
    undo.undo(entry=entry, user=alice, now=timezone.now())
    assert len(shown(alice, "number")) == search.LINES
    assert not Passage.objects.filter(transcription=entry).exists()


def test_what_is_corrected_before_a_shard_is_done_is_found_once_it_is(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    change(entry, 0, "Good evening.")
    assert shown(alice, "evening") == []
    passages.index(entry.transcript.shards.get().pk)
    assert (shown(alice, "evening"), shown(alice, "mourning")) == (["Good [evening]."], [])


def test_shards_that_are_done_in_any_order_leave_every_line_at_its_place(alice: User) -> None:
    entry = edited.text(alice, *(f"number {number}" for number in range(60)))
    first = entry.transcript.shards.get()
    second = Transcript.objects.get().shards.create(index=1, start_seconds=60, end_seconds=120, speech=[], state="done")
    Segment.objects.filter(start_seconds__gte=60).update(shard=second)
    for place in (0, 29, 30, 59):
        change(entry, place, f"figure {place}")
    passages.index(second.pk)
    passages.index(first.pk)
    for place in (0, 29, 30, 59):
        assert shown(alice, f'"figure {place} "') == [f"[figure] [{place}]"], place
        assert shown(alice, f'"number {place} "') == [], place
    assert len(Passage.objects.filter(transcription=entry)) == 2


def test_another_text_is_searched_after_transcribing_again_and_the_old_one_after_going_back(alice: User) -> None:
    entry = text(alice)
    change(entry, 0, "Good evening.")
    old, other = entry.transcript, text(alice, "Something else.", title="Other")
    Transcription.objects.filter(pk=entry.pk).update(transcript=other.transcript)
    assert shown(alice, "evening") == shown(alice, "mourning") == []
    Transcription.objects.filter(pk=entry.pk).update(transcript=old)
    assert (shown(alice, "evening"), shown(alice, "mourning")) == (["Good [evening]."], [])


def test_passages_of_an_entry_go_with_it_and_so_do_their_lexemes(alice: User) -> None:
    entry = text(alice)
    change(entry, 0, "Photosynthesis.")
    assert Lexeme.objects.filter(text__startswith="photosyn").exists()
    entry.delete()
    assert Passage.objects.count() == 1
    passages.forget_what_nobody_says()
    assert not Lexeme.objects.filter(text__startswith="photosyn").exists()


def test_more_text_than_a_vector_holds_is_found_by_its_beginning(alice: User) -> None:
    entry = text(alice)
    change(entry, 0, "Good evening.")
    row = SegmentEdit.objects.get()
    for part in range(60):
        row.pk, row.part, row.key = None, part + 1, f"c{part}"
        row.text = " ".join(f"{number:x}" for number in range(part * 5000, part * 5000 + 5000))
        row.save(force_insert=True)
    passages.index(entry.transcript.shards.get().pk)
    assert shown(alice, "evening") == ["Good [evening]."]


def test_no_table_is_read_from_end_to_end(alice: User) -> None:
    change(text(alice), 0, "Good evening.")
    with CaptureQueriesContext(connection) as queries:
        search.find(user=alice, typed="evening")
    with search._planned() as cursor:
        for query in (one["sql"] for one in queries if "transcriptions_passage" in one["sql"]):
            cursor.execute(f"EXPLAIN {query}")
            plan = "\n".join(row for (row,) in cursor.fetchall())
            assert "passages_by_lexeme" in plan or "passages_in_order" in plan
            assert "Seq Scan" not in plan, plan


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["text", "join", "split", "undo", "redo", "revert", "all"]), st.integers(0, 60)),
        max_size=12,
    )
)
def test_whatever_is_done_the_index_is_that_of_the_text(alice: User, steps: list[tuple[str, int]]) -> None:
    Transcription.objects.all().delete()
    Transcript.objects.all().delete()
    entry = text(alice, *(f"word{number} und mehr" for number in range(45)), language="xx")
    for number, (what, place) in enumerate(steps):
        there = lines.page(entry).lines
        which = at(entry, place % len(there))
        try:
            match what:
                case "text":
                    edit.change_text(**which, text=f"new{number} words here", now=timezone.now())
                case "join":
                    edit.join(**which, now=timezone.now())
                case "split":
                    edit.split(**which, at=5, now=timezone.now())
                case "revert":
                    edit.revert(**which, now=timezone.now())
                case "all":
                    replace_all(entry, "und", f"mit{number}")
                case _:
                    getattr(undo, what)(entry=entry, user=alice, now=timezone.now())
        except Refused:
            continue
    said = {word.strip(".").lower() for line in lines.every(entry) for word in line.text.split()}
    assert {word for word in _indexed(entry) if word.isalnum()} == said


def _indexed(entry: Transcription) -> set[str]:
    """What the passages have that stand for this entry, as one word each; the test's words are no stop words."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT word FROM transcriptions_passage AS passage, unnest(tsvector_to_array(vector)) AS word
            WHERE transcript_id = %(transcript)s AND (transcription_id = %(entry)s OR transcription_id IS NULL AND NOT
                EXISTS (SELECT FROM transcriptions_passage AS own WHERE own.transcription_id = %(entry)s
                    AND own.shard_id = passage.shard_id AND own.first_position = passage.first_position))
            """,
            {"transcript": entry.transcript_id, "entry": entry.pk},
        )
        return {word for (word,) in cursor.fetchall()}
