"""Corrections by the REST API: who has not seen the line as it is changes nothing."""

from typing import Any

import httpx2
import pytest

from accounts.models import User
from tests.web import rows


@pytest.fixture
def line(rest: httpx2.Client, alice: User) -> dict[str, Any]:
    """The first of two; `at` is where it can be changed."""
    entry = rows.entry(alice, "Hello there.", "How are you?")
    first = rest.get(f"/transcriptions/{entry.pk}/lines").json()["items"][0]
    return {**first, "text_at": f"/transcriptions/{entry.pk}", "at": f"/transcriptions/{entry.pk}/lines/{first['key']}"}


def test_a_line_is_changed_by_who_has_seen_it(rest: httpx2.Client, line: dict[str, Any]) -> None:
    seen = rest.get(line["at"]).headers["etag"]
    asked = {"text": "Goodbye.", "speaker": "Ann", "checked": True}
    answer = rest.patch(line["at"], json=asked, headers={"If-Match": seen})
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in asked} == asked
    assert answer.headers["etag"] != seen
    late = rest.patch(line["at"], json={"text": "Late."}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert late.json()["lines"][0]["text"] == "Goodbye."


def test_who_does_not_say_what_they_have_seen_is_asked(rest: httpx2.Client, line: dict[str, Any]) -> None:
    answer = rest.patch(line["at"], json={"text": "Goodbye."})
    assert (answer.status_code, answer.json()["code"]) == (428, "if_match_missing")


def test_a_change_of_several_things_is_whole_or_not_at_all(rest: httpx2.Client, line: dict[str, Any]) -> None:
    asked = {"text": "Goodbye.", "start": 50.0, "end": 51.0}
    answer = rest.patch(line["at"], json=asked, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (422, "over_neighbours")
    assert rest.get(line["at"]).json()["text"] == "Hello there."


def test_lines_are_split_joined_and_put_back(rest: httpx2.Client, line: dict[str, Any]) -> None:
    halves = rest.post(f"{line['at']}/split", json={"at": 6}, headers={"If-Match": "*"}).json()["lines"]
    assert [half["text"] for half in halves] == ["Hello", "there."]
    joined = rest.post(f"{line['at']}/join", headers={"If-Match": "*"}).json()
    assert [each["text"] for each in joined["lines"]] == ["Hello there."]
    rest.post(f"{line['at']}/revert", headers={"If-Match": "*"})
    assert rest.get(line["at"]).json()["version"] == 0


def test_a_text_is_searched_replaced_and_undone(rest: httpx2.Client, line: dict[str, Any]) -> None:
    wanted = {"find": "hello", "put": "Hi"}
    assert rest.post(f"{line['text_at']}/replace/preview", json=wanted).json()["places"] == 1
    changed = rest.post(f"{line['text_at']}/replace", json=wanted).json()
    assert [each["text"] for each in changed["lines"]] == ["Hi there."]
    rest.post(f"{line['text_at']}/undo")
    assert rest.get(line["at"]).json()["text"] == "Hello there."
    assert [each["kind"] for each in rest.get(f"{line['text_at']}/changes").json()["items"]] == ["undo", "replace"]
