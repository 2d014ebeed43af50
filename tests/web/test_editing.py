"""A text is corrected over the web: by its owner alone, over what they have seen, while others look on."""

import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.web import rows, serve
from tests.web.serve import Stream
from tests.web.test_download import download
from tests.web.test_events import cookies_of, texts
from tests.workflow import edited
from transcriptions.models import Change, SegmentEdit, Transcript, Transcription
from transcriptions.web import editing
from transcriptions.workflow import edit, history, intake
from transcriptions.workflow.pen import Conflict

TEXTS = ("Good mourning.", "How are you?", "Fine thanks.")
ACTIONS = ("text", "split", "join", "times", "speaker", "rename", "checked", "revert", "replace", "undo", "redo")


def post(client: Client, entry: Transcription, action: str, **values: Any) -> Any:
    return client.post(reverse("act", args=[entry.pk, action]), {"change": 0, **values})


def page(client: Client, entry: Transcription, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.get(reverse("lines", args=[entry.pk]), query).json()
    return found


def which(client: Client, entry: Transcription, place: int = 0) -> dict[str, Any]:
    line = page(client, entry)["lines"][place]
    return {"line": line["line"], "version": line["version"]}


@pytest.mark.django_db
class TestOverTheWeb:
    def test_a_page_of_lines(self, alice: User, as_alice: Client) -> None:
        entry = edited.text(alice, *TEXTS)
        found = page(as_alice, entry, since="2.0")
        assert [line["text"] for line in found["lines"]] == list(TEXTS[1:])
        assert found["lines"][0]["words"][0] == [2.0, 2.667, " How", 0.9]
        assert (found["following"], found["change"], found["checked"], found["of"]) == (None, 0, 0, 3)
        assert (found["can_undo"], found["can_redo"], found["doubtful_below"]) == (False, False, 0.5)

    def test_a_correction_is_answered_with_what_has_changed(self, alice: User, as_alice: Client) -> None:
        entry = edited.text(alice, *TEXTS)
        answer = post(as_alice, entry, "text", **which(as_alice, entry), text="Good morning.").json()
        assert [line["text"] for line in answer["lines"]] == ["Good morning."]
        assert (answer["gone"], answer["can_undo"], answer["can_redo"]) == ([], True, False)
        back = post(as_alice, entry, "undo", change=answer["change"]).json()
        assert [line["text"] for line in back["lines"]] == ["Good mourning."]
        assert (back["lines"][0]["version"], back["can_undo"], back["can_redo"]) == (0, False, True)

    def test_every_action_acts(self, alice: User, as_alice: Client) -> None:
        entry = edited.text(alice, *TEXTS)

        def act(action: str, place: int | None = 0, **values: Any) -> list[str]:
            named = {} if place is None else which(as_alice, entry, place)
            answer = post(as_alice, entry, action, **named, **values)
            assert answer.status_code == 200, (action, answer.content)
            return edited.said(entry)

        assert act("split", 1, at=4)[1:3] == ["How", "are you?"]
        assert act("join", 1)[1:] == list(TEXTS[1:])
        assert act("split", 1, seconds="2.9")[1:3] == ["How are", "you?"]
        act("times", 0, start="0.5", end="1.5")
        act("speaker", 0, speaker="Ana")
        act("rename", None, speaker="Ana", name="Bea")
        act("checked", 0, checked=1)
        line = page(as_alice, entry)["lines"][0]
        assert (line["start"], line["end"], line["speaker"], line["checked"]) == (0.5, 1.5, "Bea", True)
        assert page(as_alice, entry)["speakers"] == ["Bea"]
        assert act("replace", None, find="MOURNING", put="morning", any_case=1)[0] == "Good morning."
        assert act("revert", 0)[0] == "Good mourning."
        assert act("undo", None)[0] == "Good morning."
        assert act("redo", None)[0] == "Good mourning."
        kinds = [change["kind"] for change in as_alice.get(reverse("changes", args=[entry.pk])).json()["changes"]]
        assert set(kinds) == {
            "split",
            "join",
            "times",
            "speaker",
            "rename",
            "check",
            "replace",
            "revert",
            "undo",
            "redo",
        }

    def test_who_was_slower_gets_what_stands_there(self, alice: User, as_alice: Client) -> None:
        entry = edited.text(alice, *TEXTS)
        seen = which(as_alice, entry)
        post(as_alice, entry, "text", **seen, text="Mine.")
        answer = post(as_alice, entry, "text", **seen, text="Theirs.")
        assert (answer.status_code, [line["text"] for line in answer.json()["lines"]]) == (409, ["Mine."])

    def test_what_cannot_be_done_is_said(self, alice: User, as_alice: Client) -> None:
        entry = edited.text(alice, *TEXTS)
        answer = post(as_alice, entry, "join", **which(as_alice, entry, 2))
        assert answer.status_code == 400
        assert answer.json() == {"sentence": "This is the last line; there is none to join it with."}
        answer = as_alice.post(reverse("find_lines", args=[entry.pk]), {"find": "(", "as_pattern": "1"})
        assert (answer.status_code, "Check the pattern" in answer.json()["sentence"]) == (400, True)

    @pytest.mark.parametrize(
        ("action", "values"),
        [
            ("text", {"line": "1", "text": "x"}),
            ("text", {"line": "1", "version": "-1", "text": "x"}),
            ("times", {"line": "1", "version": "0", "start": "nan", "end": "1"}),
            ("split", {"line": "1", "version": "0", "at": "-3"}),
            ("undo", {"change": "x"}),
        ],
    )
    def test_what_no_script_of_ours_sends_is_400(
        self, alice: User, as_alice: Client, action: str, values: dict[str, str]
    ) -> None:
        assert post(as_alice, edited.text(alice, *TEXTS), action, **values).status_code == 400

    def test_a_stranger_gets_404_everywhere(self, alice: User, as_alice: Client, as_bob: Client) -> None:
        entry = edited.text(alice, *TEXTS)
        its = which(as_alice, entry)
        for action in ACTIONS:
            assert post(as_bob, entry, action, **its, text="x", at=1, start=0, end=1).status_code == 404, action
        for name in ("lines", "doubt", "changes"):
            assert as_bob.get(reverse(name, args=[entry.pk])).status_code == 404
        for name in ("find_lines", "earlier"):
            assert as_bob.post(reverse(name, args=[entry.pk]), {"find": "a"}).status_code == 404
        assert post(as_alice, entry, "explode").status_code == 404
        assert not Change.objects.exists()

    def test_somebody_signed_out_changes_nothing(self, alice: User, client: Client) -> None:
        entry = edited.text(alice, *TEXTS)
        assert post(client, entry, "undo").status_code == 302
        assert client.get(reverse("lines", args=[entry.pk])).status_code == 302

    def test_without_the_pages_token_nothing_is_changed(self, alice: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(alice)
        assert post(client, edited.text(alice, *TEXTS), "undo").status_code == 403

    def test_what_would_be_replaced(self, alice: User, as_alice: Client) -> None:
        entry = edited.text(alice, *TEXTS)
        found = as_alice.post(reverse("find_lines", args=[entry.pk]), {"find": "m", "put": "n"}).json()
        assert (found["places"], found["lines"], found["samples"][0]["clock"]) == (1, 1, "0:00")

    def test_the_next_doubtful_word(self, alice: User, as_alice: Client, settings: Any) -> None:
        settings.DOUBTFUL_BELOW = 0.95
        entry = edited.text(alice, *TEXTS)
        found = as_alice.get(reverse("doubt", args=[entry.pk]), {"after": "2.0"}).json()
        assert (found["line"]["text"], found["word"]) == (TEXTS[1], 1)
        assert as_alice.get(reverse("doubt", args=[entry.pk]), {"after": "99"}).json() == {"line": None, "word": None}

    def test_downloads_are_as_edited_or_as_recognised(self, alice: User) -> None:
        entry = edited.text(alice, *TEXTS)
        now = timezone.now()
        edit.change_text(**edited.at(entry, 0), text="", now=now)
        edit.set_speaker(entry=entry, user=alice, key=edited.at(entry, 1)["key"], speaker="Ana", now=now)
        path = reverse("download", args=[entry.pk, "txt"])
        assert download(alice, path)[1].splitlines() == [f"Ana: {TEXTS[1]}", *TEXTS[2:]]
        assert download(alice, f"{path}?speakers=0")[1].splitlines() == list(TEXTS[1:])
        assert download(alice, f"{path}?original=1")[1].splitlines() == list(TEXTS)
        for query in ("", "?original=1"):
            found = json.loads(download(alice, reverse("download", args=[entry.pk, "json"]) + query)[1])["segments"]
            spoken = next(segment for segment in found if segment["text"] == TEXTS[1])
            assert ("speaker" in spoken, "avg_logprob" in spoken) == (not query, bool(query))

    def test_the_page_shows_corrections(self, alice: User, as_alice: Client) -> None:
        entry = edited.text(alice, *TEXTS)
        edit.change_text(**edited.at(entry, 0), text="Good <b>morning</b>.", now=timezone.now())
        shown = as_alice.get(reverse("transcript", args=[entry.pk])).content.decode()
        assert "Good &lt;b&gt;morning&lt;/b&gt;." in re.sub("</?span.*?>", "", shown)
        assert "Good mourning." not in shown

    def test_deleting_the_entry_deletes_its_corrections(self, alice: User) -> None:
        entry = edited.text(alice, *TEXTS)
        edit.change_text(**edited.at(entry, 0), text="x", now=timezone.now())
        history.delete(entry=entry, now=timezone.now())
        assert not SegmentEdit.objects.exists()
        assert not Change.objects.exists()

    def test_who_transcribes_again_may_go_back_to_what_they_corrected(self, alice: User, as_alice: Client) -> None:
        entry = edited.text(alice, *TEXTS)
        edit.change_text(**edited.at(entry, 0), text="Corrected.", now=timezone.now())
        intake.accept_again(entry=entry, chosen={}, now=timezone.now())
        entry.refresh_from_db()
        assert edited.said(entry) == []
        assert page(as_alice, entry)["can_undo"] is False
        as_alice.post(reverse("earlier", args=[entry.pk]))
        entry = Transcription.objects.get()
        assert edited.said(entry) == ["Corrected.", *TEXTS[1:]]
        history.delete_account(user=alice, now=timezone.now())
        assert not Transcript.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_of_two_who_change_a_line_at_once_one_wins(self, alice: User) -> None:
        entry = edited.text(alice, *TEXTS)
        for _ in range(5):
            start, seen = Barrier(2), edited.at(entry, 0)

            def change(text: str, start: Barrier = start, seen: dict[str, Any] = seen) -> str:
                try:
                    start.wait()
                    edit.change_text(**seen, text=text, now=timezone.now())
                except Conflict as conflict:
                    return f"not {conflict.lines[0].text}"
                finally:
                    connection.close()
                return text

            with ThreadPoolExecutor(2) as threads:
                words = (f"{uuid.uuid4()}", f"{uuid.uuid4()}")
                outcomes = set(threads.map(change, words))
            now = edited.said(entry)[0]
            assert outcomes == {now, f"not {now}"}

    def test_a_line_changes_while_its_text_is_deleted(self, alice: User) -> None:
        """Neither waits for ever for the other."""
        for _ in range(5):
            entry = edited.text(alice, *TEXTS)
            start, seen = Barrier(2), edited.at(entry, 0)

            def change(start: Barrier = start, seen: dict[str, Any] = seen) -> None:
                try:
                    start.wait()
                    edit.change_text(**seen, text="x", now=timezone.now())
                except Conflict:
                    return
                finally:
                    connection.close()

            def delete(start: Barrier = start, entry: Transcription = entry) -> None:
                start.wait()
                history.delete(entry=entry, now=timezone.now())
                connection.close()

            with ThreadPoolExecutor(2) as threads:
                for done in [threads.submit(change), threads.submit(delete)]:
                    done.result(timeout=20)
            assert not SegmentEdit.objects.exists()

    def test_another_tab_is_told(self, port: int, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(editing, "PING_SECONDS", 0.2)
        entry = edited.text(alice, *TEXTS)
        with Stream(port, reverse("follow", args=[entry.pk]), cookies_of(alice)) as stream:
            events = iter(stream)
            edit.change_text(**edited.at(entry, 0), text="Told.", now=timezone.now())
            event = next(events)
            assert (event.name, event.id) == ("lines", Change.objects.get().pk)
            assert [line["text"] for line in json.loads(event.data)["lines"]] == ["Told."]
            history.delete(entry=entry, now=timezone.now())
            assert next(event for event in events if event.name != ":").name == "end"

    def test_a_stranger_hears_nothing(self, port: int, alice: User, bob: User) -> None:
        path = reverse("follow", args=[edited.text(alice, *TEXTS).pk])
        assert serve.ask(port, path, headers=serve.cookie_header(cookies_of(bob))).status == 404
        assert serve.ask(port, path).status == 401

    def test_what_is_recognised_under_a_correction_is_not_shown(self, port: int, alice: User) -> None:
        entry = edited.text(alice, *TEXTS, state=Transcript.State.RECOGNISING)
        edit.join(**edited.at(entry, 0), now=timezone.now())
        entry.transcript.segments.all().delete()
        for text in TEXTS:
            rows.say(entry.transcript, text)
        rows.finish(entry.transcript)
        with Stream(port, reverse("events", args=[entry.pk]) + "?since=0", cookies_of(alice)) as stream:
            assert [text for event in stream for text in texts(event.data)] == [TEXTS[2]]
