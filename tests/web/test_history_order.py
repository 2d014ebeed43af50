"""Putting a history in order: titles, tags, notes, favourites, the archive, several at once, and undoing a deletion."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.web import rows
from transcriptions.models import Transcript, Transcription
from transcriptions.workflow import cache, history, quota

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def change(client: Client, entry: Transcription, **given: str) -> int:
    return client.post(reverse("change", args=[entry.pk]), given, headers=HTMX).status_code


def do(client: Client, deed: str, *entries: Transcription, **given: str) -> str:
    keys = [str(entry.pk) for entry in entries]
    answer = client.post(reverse("several"), {"do": deed, "entry": keys, **given}, headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


def stamp(page: str) -> str:
    found = re.search(r'name="at" value="([^"]*)"', page)
    assert found
    return found[1]


def test_title_tags_and_notes_are_changed_in_place(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, title="rec_0001")
    given = {"title": " Board\tmeeting ", "tags": "Work, work,  next  year,", "notes": "Ask Ann.\n<b>"}
    row = as_alice.post(reverse("change", args=[entry.pk]), given, headers=HTMX).content.decode()
    entry.refresh_from_db()
    assert (entry.title, entry.tags, entry.notes) == ("Boardmeeting", ["work", "next year"], "Ask Ann.\n<b>")
    assert row.lstrip().startswith(f'<li id="entry-{entry.pk}"')
    assert "&lt;b&gt;" in row
    assert change(as_alice, entry, title="  ", tags="", notes="") == 200
    entry.refresh_from_db()
    assert (entry.title, entry.tags) == ("Boardmeeting", [])


def test_without_scripts_it_comes_back_to_the_list_as_it_was(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice)
    answer = as_alice.post(reverse("change", args=[entry.pk]) + "?sort=title", {"favourite": "on"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/?sort=title")
    entry.refresh_from_db()
    assert entry.is_favourite


def test_several_are_tagged_marked_and_archived_at_once(alice: User, as_alice: Client) -> None:
    one, other = rows.entries(alice, ["One", "Other"])
    do(as_alice, "tag", one, other, tags="work, Lisbon")
    do(as_alice, "untag", other, tags="work")
    do(as_alice, "favourite", one)
    page = do(as_alice, "archive", other)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.tags, other.tags) == (["work", "Lisbon"], ["Lisbon"])
    assert (one.is_favourite, other.is_favourite, one.is_archived, other.is_archived) == (True, False, False, True)
    assert f'id="entry-{one.pk}"' in page
    assert f'id="entry-{other.pk}"' not in page


def test_the_archive_is_told_and_undone_by_the_same_button(alice: User, as_alice: Client) -> None:
    one, other = rows.entries(alice, ["One", "Other"])
    page = do(as_alice, "archive", one, other)
    assert "2 transcripts were put into the archive." in page
    back = re.search(r'name="do" value="(\w+)">Undo<', page)
    assert back
    assert f'name="entry" value="{one.pk}"' in page
    assert "2 transcripts were taken out of the archive." in do(as_alice, back[1], one, other)
    assert not alice.transcriptions.filter(is_archived=True).exists()


def test_a_transcripts_own_page_changes_it_and_stays(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, title="Mine")
    page = reverse("transcript", args=[entry.pk])
    for given in ({"title": "Board", "tags": "work"}, {"favourite": "on"}, {"archived": "on"}):
        answer = as_alice.post(reverse("change", args=[entry.pk]), {"page": "transcript", **given})
        assert (answer.status_code, answer.headers["Location"]) == (302, page)
    entry.refresh_from_db()
    assert (entry.title, entry.tags, entry.is_favourite, entry.is_archived) == ("Board", ["work"], True, True)
    shown = as_alice.get(page).content.decode()
    assert "archived" in shown
    assert 'aria-label="Favourite: Board"' in shown


def test_a_stranger_changes_nothing(alice: User, as_bob: Client) -> None:
    entry = rows.entry(alice, title="Mine")
    assert change(as_bob, entry, title="Theirs") == 404
    for deed in ("tag", "favourite", "archive", "delete"):
        do(as_bob, deed, entry, tags="theirs")
    entry.refresh_from_db()
    assert (entry.title, entry.tags, entry.is_favourite, entry.deleted_at) == ("Mine", [], False, None)


def test_what_cannot_be_done_is_404_and_nothing_checked_is_said(alice: User, as_alice: Client) -> None:
    assert as_alice.post(reverse("several"), {"do": "format the disk"}).status_code == 404
    assert as_alice.post(reverse("several"), {"do": "tag", "entry": ["x"]}).status_code == 404
    assert as_alice.post(reverse("take_back"), {"at": "yesterday"}).status_code == 404
    assert "Nothing is checked" in do(as_alice, "delete")


def test_several_are_deleted_and_taken_back_together(alice: User, as_alice: Client) -> None:
    kept, *gone = rows.entries(alice, ["Kept", "One", "Other"])
    page = do(as_alice, "delete", *gone)
    assert "2 transcripts were deleted." in page
    assert as_alice.get(reverse("transcript", args=[gone[0].pk])).status_code == 404
    assert list(alice.transcriptions.all()) == [kept]
    page = as_alice.post(reverse("take_back"), {"at": stamp(page)}, headers=HTMX).content.decode()
    assert alice.transcriptions.count() == 3
    assert "One" in page
    assert 'name="at"' not in page


def test_nobody_takes_back_what_others_threw_away(alice: User, as_alice: Client, as_bob: Client) -> None:
    page = do(as_alice, "delete", rows.entry(alice))
    as_bob.post(reverse("take_back"), {"at": stamp(page)})
    assert not alice.transcriptions.exists()


def test_after_a_while_it_is_gone_for_good(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice, "Hi.")
    page = do(as_alice, "delete", entry)
    later = timezone.now() - timedelta(seconds=settings.UNDO_SECONDS + 1)
    Transcription.all_there_are.filter(pk=entry.pk).update(deleted_at=later)
    assert 'name="at"' not in as_alice.get("/").content.decode()
    answer = as_alice.post(reverse("take_back"), {"at": stamp(page)}, headers=HTMX).content.decode()
    assert "It is too late" in answer
    assert history.remove_thrown_away(timezone.now()) == 1
    assert not Transcription.all_there_are.exists()


def test_it_does_not_count_any_more_but_the_clean_up_leaves_what_can_be_taken_back(alice: User) -> None:
    entry = rows.entry(alice, "Hi.", state=Transcript.State.FAILED)
    history.throw_away(entries=[entry], now=timezone.now())
    assert (quota.use(alice).size_bytes, quota.use(alice).seconds) == (0, 0)
    assert (cache.evict(timezone.now()), history.remove_thrown_away(timezone.now())) == (0, 0)
    assert Transcript.objects.exists()


def test_work_that_stopped_goes_on_when_it_is_taken_back(alice: User) -> None:
    entry = rows.entry(alice, state=Transcript.State.QUEUED)
    now = timezone.now()
    history.throw_away(entries=[entry], now=now)
    assert Transcript.objects.get().state == Transcript.State.CANCELLED
    assert history.take_back(user=alice, thrown_at=now, now=now) == 1
    assert Transcript.objects.get().state == Transcript.State.QUEUED
    assert alice.transcriptions.get().cancelled_at is None


def test_an_account_takes_along_what_was_thrown_away(alice: User) -> None:
    history.throw_away(entries=[rows.entry(alice)], now=timezone.now())
    history.delete_account(user=alice, now=timezone.now())
    assert not Transcription.all_there_are.exists()
    assert not Transcript.objects.exists()
