"""Correcting a text: one's own lines over what everybody shares."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.web import rows
from tests.workflow import edited
from tests.workflow.edited import at, said
from transcriptions.models import Change, Segment, SegmentEdit, Shard, Transcript, Transcription
from transcriptions.workflow import checking, edit, lines
from transcriptions.workflow.intake import Refused
from transcriptions.workflow.pen import Conflict

pytestmark = pytest.mark.django_db

TEXTS = ("Good mourning.", "How are you?", "Fine thanks.")


def change(entry: Transcription, place: int, text: str) -> None:
    edit.change_text(**at(entry, place), text=text, now=timezone.now())


def test_a_correction_stands_over_what_was_recognised(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    change(entry, 0, "Good morning.")
    assert said(entry) == ["Good morning.", *TEXTS[1:]]
    assert [line.text for line in lines.every(entry)] == said(entry)
    assert [line.text for line in lines.every(entry, original=True)] == list(TEXTS)


def test_it_is_its_persons_alone(alice: User, bob: User) -> None:
    entry = edited.text(alice, *TEXTS)
    other = Transcription.objects.create(
        user=bob, transcript=entry.transcript, title="x", file_name="x", created_at=timezone.now()
    )
    change(entry, 0, "Good morning.")
    assert said(other) == list(TEXTS)


def test_words_keep_their_times(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    change(entry, 1, "And how are you?")
    assert [(word.text, word.start) for word in edited.now(entry)[1].words] == [
        ("And", 2.0), (" how", 2.0), (" are", 2.667), (" you?", 3.333),
    ]  # fmt: skip


def test_the_key_stays_and_the_version_does_not(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    seen = [edited.now(entry)[0]]
    for text in ("a", "b"):
        change(entry, 0, text)
        seen.append(edited.now(entry)[0])
    assert len({line.key for line in seen}) == 1
    assert len({line.version for line in seen}) == 3


def test_the_same_text_is_no_change(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    change(entry, 0, f"  {TEXTS[0]} ")
    assert not Change.objects.exists()


def test_who_has_not_seen_what_stands_there_is_told(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    before = at(entry, 0)
    change(entry, 0, "Mine.")
    with pytest.raises(Conflict) as conflict:
        edit.change_text(**before, text="Theirs.", now=timezone.now())
    assert [line.text for line in conflict.value.lines] == ["Mine."]
    assert said(entry)[0] == "Mine."


def test_who_writes_in_a_line_that_was_joined_is_told_what_became_of_it(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    before = at(entry, 1)
    edit.join(**at(entry, 0), now=timezone.now())
    with pytest.raises(Conflict) as conflict:
        edit.change_text(**before, text="Theirs.", now=timezone.now())
    assert [line.text for line in conflict.value.lines] == ["Good mourning. How are you?"]


@pytest.mark.parametrize("key", ["0", "nobody", "c1", "²", "9" * 30])
def test_a_line_that_never_was_is_a_conflict_with_nothing(alice: User, key: str) -> None:
    entry = edited.text(alice, *TEXTS)
    with pytest.raises(Conflict) as conflict:
        edit.change_text(entry=entry, user=alice, key=key, version=0, text="x", now=timezone.now())
    assert conflict.value.lines == []


def test_a_line_of_another_text_is_none_of_this(alice: User, bob: User) -> None:
    entry, other = edited.text(alice, *TEXTS), edited.text(bob, *TEXTS)
    with pytest.raises(Conflict):
        edit.change_text(**{**at(other, 0), "entry": entry}, text="x", now=timezone.now())
    assert said(other) == list(TEXTS)


def test_what_cannot_be_stored_is_left_out(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    change(entry, 0, "a\x00b\nc\u2028d\ud800e")
    assert said(entry)[0] == "a b c de"


def test_a_line_has_a_limit(alice: User, settings: Settings) -> None:
    settings.MAX_LINE_CHARACTERS = 10
    with pytest.raises(Refused, match="line_too_long"):
        change(edited.text(alice, *TEXTS), 0, "x" * 11)


def test_a_line_is_split_where_the_cursor_is(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    edit.split(**at(entry, 1), at=4, now=timezone.now())
    assert said(entry) == [TEXTS[0], "How", "are you?", TEXTS[2]]
    first, second = edited.now(entry)[1:3]
    assert (first.start, first.end, second.start, second.end) == (2.0, 2.667, 2.667, 4.0)
    assert [word.text for word in second.words] == ["are", " you?"]


def test_a_line_is_split_at_a_time(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    edit.split(**at(entry, 1), seconds=2.6, now=timezone.now())
    assert said(entry)[1:3] == ["How", "are you?"]
    assert edited.now(entry)[2].start == 2.6


def test_a_line_without_times_of_words_is_split_by_its_length(alice: User) -> None:
    entry = rows.entry(alice, "aaaa bbbb")
    edit.split(**at(entry, 0), seconds=1.0, now=timezone.now())
    assert said(entry) == ["aaaa", "bbbb"]


@pytest.mark.parametrize("place", [0, 12, 100])
def test_nothing_is_not_split_off(alice: User, place: int) -> None:
    entry = edited.text(alice, *TEXTS)
    with pytest.raises(Refused, match="nothing_to_split"):
        edit.split(**at(entry, 1), at=place, now=timezone.now())
    assert not Change.objects.exists()


def test_lines_are_joined_and_split_again(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    edit.join(**at(entry, 0), now=timezone.now())
    assert said(entry) == ["Good mourning. How are you?", "Fine thanks."]
    assert "".join(word.text for word in edited.now(entry)[0].words).strip() == said(entry)[0]
    edit.split(**at(entry, 0), at=14, now=timezone.now())
    assert said(entry) == list(TEXTS)
    edit.join(**at(entry, 1), now=timezone.now())
    assert said(entry) == ["Good mourning.", "How are you? Fine thanks."]


def test_the_last_line_has_nothing_to_be_joined_with(alice: User) -> None:
    with pytest.raises(Refused, match="nothing_to_join"):
        edit.join(**at(edited.text(alice, *TEXTS), 2), now=timezone.now())


def test_lines_are_not_joined_over_what_is_still_to_be_heard(alice: User) -> None:
    entry = edited.text(alice, *TEXTS, state=Transcript.State.RECOGNISING)
    unheard = Shard.objects.create(transcript=entry.transcript, index=1, start_seconds=1.9, end_seconds=2.1, speech=[])
    Segment.objects.filter(start_seconds=0).update(end_seconds=1.9)
    with pytest.raises(Refused, match="not_heard_yet"):
        edit.join(**at(entry, 0), now=timezone.now())
    Shard.objects.filter(pk=unheard.pk).update(state=Shard.State.DONE)
    edit.join(**at(entry, 0), now=timezone.now())


def test_times_stay_between_the_neighbours(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    edit.change_times(**at(entry, 1), start=2.5, end=3.5, now=timezone.now())
    line = edited.now(entry)[1]
    assert (line.start, line.end, line.words[0].start, line.words[-1].end) == (2.5, 3.5, 2.5, 3.5)
    for start, end in ((1.9, 3.0), (3.0, 4.1), (3.0, 3.0), (3.5, 3.0)):
        with pytest.raises(Refused, match="over_neighbours"):
            edit.change_times(**at(entry, 1), start=start, end=end, now=timezone.now())
    edit.change_times(**at(entry, 0), start=0.0, end=2.4, now=timezone.now())


def test_segments_that_start_together_are_all_kept(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    Segment.objects.filter(start_seconds=2).update(start_seconds=0)
    change(entry, 0, "Good morning.")
    assert said(entry) == ["Good morning.", *TEXTS[1:]]
    edit.set_speaker(
        entry=entry, user=alice, key=at(entry, 0)["key"], speaker="Ana", until=at(entry, 2)["key"], now=timezone.now()
    )
    assert [line.speaker for line in edited.now(entry)] == ["Ana"] * 3


def test_somebody_speaks_until_somebody_else_does(alice: User) -> None:
    entry = edited.text(alice, *("a b", "c d", "e f", "g h", "i j"))
    person: dict[str, Any] = {"entry": entry, "user": alice, "now": timezone.now()}
    keys = [line.key for line in edited.now(entry)]
    edit.set_speaker(**person, key=keys[4], speaker="Ben")
    edit.set_speaker(**person, key=keys[1], speaker="Ana", onward=True)
    assert [line.speaker for line in edited.now(entry)] == ["", "Ana", "Ana", "Ana", "Ben"]
    edit.set_speaker(**person, key=keys[4], speaker="Eva", onward=True)
    assert checking.speakers(entry) == ["Ana", "Eva"]


def test_speakers_of_a_line_and_of_a_range(alice: User) -> None:
    entry = edited.text(alice, *TEXTS, "Bye.")
    keys = [line.key for line in edited.now(entry)]
    person: dict[str, Any] = {"entry": entry, "user": alice, "now": timezone.now()}
    edit.set_speaker(**person, key=keys[3], speaker="Ben")
    edit.set_speaker(**person, key=keys[2], until=keys[1], speaker=" Ana  B ")
    assert [line.speaker for line in edited.now(entry)] == ["", "Ana B", "Ana B", "Ben"]
    assert checking.speakers(entry) == ["Ana B", "Ben"]
    edit.rename_speaker(**person, speaker="Ana B", name="Ben")
    assert [line.speaker for line in edited.now(entry)] == ["", "Ben", "Ben", "Ben"]
    edit.set_speaker(**person, key=keys[3], speaker="")
    assert edited.now(entry)[3].speaker == ""
    with pytest.raises(Refused, match="no_name"):
        edit.rename_speaker(**person, speaker="Ben", name=" ")
    with pytest.raises(Refused, match="name_too_long"):
        edit.set_speaker(**person, key=keys[0], speaker="x" * 81)


def test_a_checked_line_is_unchecked_when_somebody_else_changes_it(alice: User, bob: User) -> None:
    entry = edited.text(alice, *TEXTS)
    edit.mark_checked(**at(entry, 0), checked=True, now=timezone.now())
    assert checking.progress(entry) == checking.Progress(1, 3)
    change(entry, 0, "Good morning.")
    assert checking.progress(entry).checked == 1
    edit.change_text(**{**at(entry, 0), "user": bob}, text="Good evening.", now=timezone.now())
    assert checking.progress(entry).checked == 0


def test_the_next_doubtful_word(alice: User, settings: Settings) -> None:
    entry = edited.text(alice, *TEXTS)
    for segment in Segment.objects.order_by("start_seconds")[1:]:
        segment.words[1][3] = 0.3
        segment.save()
    found = checking.next_doubt(entry, seconds=0.0)
    assert found
    assert (found.line.text, found.word) == (TEXTS[1], 1)
    edit.mark_checked(**at(entry, 1), checked=True, now=timezone.now())
    found = checking.next_doubt(entry, seconds=0.0)
    assert found
    assert (found.line.text, found.word) == (TEXTS[2], 1)
    change(entry, 2, "Fine thank you.")
    assert checking.next_doubt(entry, seconds=0.0) is None
    settings.DOUBTFUL_BELOW = 1.0
    assert checking.next_doubt(entry, seconds=4.9) is None


def test_back_to_the_original(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    edit.join(**at(entry, 0), now=timezone.now())
    edit.revert(**at(entry, 0), now=timezone.now())
    assert said(entry) == list(TEXTS)
    edit.revert(**at(entry, 0), now=timezone.now())
    assert Change.objects.count() == 2


def test_what_is_recognised_later_comes_between(alice: User) -> None:
    entry = edited.text(alice, *TEXTS, state=Transcript.State.RECOGNISING)
    change(entry, 2, "Corrected.")
    rows.say(entry.transcript, "Still coming.")
    assert said(entry) == [*TEXTS[:2], "Corrected.", "Still coming."]


def test_a_segment_made_anew_stays_under_its_correction(alice: User) -> None:
    entry = edited.text(alice, *TEXTS, state=Transcript.State.RECOGNISING)
    edit.join(**at(entry, 0), now=timezone.now())
    Segment.objects.all().delete()
    assert said(entry) == ["Good mourning. How are you?"]
    for text in TEXTS:
        rows.say(entry.transcript, f"{text} Anew.")
    assert said(entry) == ["Good mourning. How are you?", "Fine thanks. Anew."]


def test_pages_hold_everything_once(alice: User) -> None:
    entry = edited.text(alice, *(f"Line {number}." for number in range(25)))
    Segment.objects.filter(start_seconds__in=[6, 8, 10, 12]).update(start_seconds=6)
    change(entry, 20, "Other.")
    expected, since, found = said(entry), 0.0, list[str]()
    for _ in range(30):
        page = lines.page(entry, since=since, most=3)
        found += [line.text for line in page.lines]
        if page.following is None:
            break
        since = page.following
    assert found == expected
    assert len(expected) == 25


def test_what_has_changed_is_told(alice: User) -> None:
    entry = edited.text(alice, *TEXTS, "Bye.")
    keys = [line.key for line in edited.now(entry)]
    edit.join(**at(entry, 1), now=timezone.now())
    joined = lines.changed(entry, 0)
    assert ([line.text for line in joined.lines or []], joined.gone) == (["How are you? Fine thanks."], [keys[2]])
    change(entry, 0, "Hello.")
    assert [line.text for line in lines.changed(entry, joined.change).lines or []] == ["Hello."]
    edit.revert(**at(entry, 1), now=timezone.now())
    back = lines.changed(entry, joined.change)
    assert [line.text for line in back.lines or []] == ["Hello.", *TEXTS[1:]]
    assert lines.changed(entry, back.change).lines == []


def test_reading_a_page_is_one_query_along_the_indexes(alice: User) -> None:
    """9,000 lines, 2,000 of them corrected."""
    entry = large(alice)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE transcriptions_segment, transcriptions_segmentedit")
    with CaptureQueriesContext(connection) as queries:
        page = lines.page(entry, since=9000.0, most=200)
    assert (len(page.lines), len(queries)) == (200, 1)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ANALYZE {queries[0]['sql']}")
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert "Seq Scan on transcriptions" not in plan, plan


def large(user: User) -> Transcription:
    entry = rows.entry(user)
    shard = entry.transcript.shards.get()
    count, now = 9000, timezone.now()
    words = [[0.0, 0.1, " word", 0.9]] * 12
    figures = {"avg_logprob": 0.0, "no_speech_prob": 0.0, "compression_ratio": 1.0, "temperature": 0.0}
    Segment.objects.bulk_create(
        Segment(transcript=entry.transcript, shard=shard, position=at, start_seconds=2.0 * at, end_seconds=2.0 * at + 2,
                text=f"Line {at}", words=words, revision=1, **figures)
        for at in range(count)
    )  # fmt: skip
    made = Change.objects.create(
        transcription=entry, transcript=entry.transcript, user=user, kind=Change.Kind.REPLACE, made_at=now
    )
    SegmentEdit.objects.bulk_create(
        SegmentEdit(transcription=entry, transcript=entry.transcript, made_by=made, key=f"k{at}", from_seconds=2.0 * at,
                    to_seconds=2.0 * at, part=0, start_seconds=2.0 * at, end_seconds=2.0 * at + 2, text="Corrected",
                    words=words)
        for at in range(0, count, count // 2000 + 1)
    )  # fmt: skip
    return entry
