"""Who may what: every address of the site, as everybody who comes to it.

An address about an entry that this table does not know fails the test, so nobody adds one without saying whose it is.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from tests.web.conftest import signed_in
from tests.workflow import edited
from transcriptions import storage
from transcriptions.models import Level, Rendition, Share, Transcription
from transcriptions.workflow import comments, sharing

pytestmark = pytest.mark.django_db(transaction=True)

TITLE, TEXT, PASSWORD = "Secret title", "Confidential words.", "correct horse battery"
READ, COMMENT, EDIT, OWN, DOWNLOAD = 1, 2, 3, 4, 5  # the last: whoever may read, where the owner lets them

# By name and method, from which level on; the one of the comment is the owner's.
NEEDED = {
    ("transcript", "GET"): READ,
    ("events", "GET"): READ,
    ("page", "GET"): READ,
    ("find", "GET"): READ,
    ("peaks", "GET"): READ,
    ("media", "GET"): READ,
    ("lines", "GET"): READ,
    ("follow", "GET"): READ,
    ("made", "GET"): READ,  # of the form that browsers play
    ("made", "POST"): OWN,
    ("download", "GET"): DOWNLOAD,
    ("document", "GET"): DOWNLOAD,
    ("comments", "GET"): COMMENT,
    ("comments", "POST"): COMMENT,
    ("comment", "POST"): OWN,
    ("act", "POST"): EDIT,
    ("find_lines", "POST"): EDIT,
    ("doubt", "GET"): EDIT,
    ("changes", "GET"): EDIT,
    ("rehear", "GET"): EDIT,
    ("rehear", "POST"): EDIT,
    ("video", "GET"): OWN,
    ("inside", "GET"): OWN,
    ("change", "POST"): OWN,
    ("earlier", "POST"): OWN,
    ("cancel", "POST"): OWN,
    ("retry", "POST"): OWN,
    ("track", "POST"): OWN,
    ("again", "POST"): OWN,
    ("delete", "POST"): OWN,
    ("sharing", "GET"): OWN,
    ("sharing", "POST"): OWN,
    ("revoke", "POST"): OWN,
}
# Behind the door of owners, where whoever is signed out is asked to sign in before anything is looked for.
ASKS = {"change", "earlier", "cancel", "retry", "track", "again", "delete", "sharing", "revoke"}
NOTHING_THERE = {("video", "GET"), ("inside", "GET")}  # not even the owner finds one

# What each may do. SIGNED_OUT: nothing, and is asked to sign in; GONE: nothing, and it is as if there were no entry.
SIGNED_OUT, GONE = -1, 0
PEOPLE = {
    "owner": OWN,
    "stranger": GONE,
    "nobody": SIGNED_OUT,
    "account that reads": READ,
    "account that comments": COMMENT,
    "account that edits": EDIT,
    "account whose share is revoked": GONE,
    "account whose share is over": GONE,
    "guest who reads": READ,
    "guest who comments": COMMENT,
    "guest with a link to edit": COMMENT,
    "stranger with a link to edit": EDIT,
    "guest whose link is revoked": GONE,
    "guest whose link is over": GONE,
    "guest with the password": READ,
    "guest with a wrong password": SIGNED_OUT,
    "guest with a wrong link": SIGNED_OUT,
}


@pytest.fixture
def entry(alice: User) -> Transcription:
    entry = edited.text(alice, TEXT, title=TITLE)
    comments.say(entry=entry, user=alice, name="", guest="", seconds=0, text="Look here.", now=timezone.now())
    key = storage.rendition_key(entry.transcript.media.sha256, 1, ".pdf")
    storage.write(key, b"%PDF-1.7")
    Rendition.objects.create(
        media=entry.transcript.media,
        transcription=entry,
        kind=Rendition.Kind.DOCUMENT,
        state=Rendition.State.DONE,
        form={"format": "pdf", "shape": {}},
        storage_key=key,
        created_at=timezone.now(),
    )
    return entry


def named(entry: Transcription, user: User, level: Level) -> Client:
    sharing.share_with(entry=entry, address=user.email, level=level, now=timezone.now())
    return signed_in(user)


def linked(entry: Transcription, level: Level, client: Client | None = None, **more: Any) -> Client:
    client = client or Client()
    token = sharing.make_link(entry=entry, level=level, now=timezone.now(), **more)
    assert client.get(reverse("shared", args=[token])).status_code == 302
    return client


def end(entry: Transcription, client: Client, **how: Any) -> Client:
    assert entry.shares.update(**how) == 1
    return client


def typing(entry: Transcription, password: str, status: int) -> Client:
    token = sharing.make_link(entry=entry, level=Level.READ, now=timezone.now(), password=PASSWORD)
    client, address = Client(), reverse("shared", args=[token])
    assert client.get(address).status_code == 200
    assert client.post(address, {"password": password}).status_code == status
    return client


def come(who: str, entry: Transcription, bob: User) -> Client:
    ago = timezone.now() - timedelta(seconds=1)
    wrong = Client()
    comers: dict[str, Callable[[], Client]] = {
        "owner": lambda: signed_in(entry.user),
        "stranger": lambda: signed_in(bob),
        "nobody": Client,
        "account that reads": lambda: named(entry, bob, Level.READ),
        "account that comments": lambda: named(entry, bob, Level.COMMENT),
        "account that edits": lambda: named(entry, bob, Level.EDIT),
        "account whose share is revoked": lambda: end(entry, named(entry, bob, Level.EDIT), revoked_at=ago),
        "account whose share is over": lambda: end(entry, named(entry, bob, Level.EDIT), expires_at=ago),
        "guest who reads": lambda: linked(entry, Level.READ),
        "guest who comments": lambda: linked(entry, Level.COMMENT),
        "guest with a link to edit": lambda: linked(entry, Level.EDIT),
        "stranger with a link to edit": lambda: linked(entry, Level.EDIT, signed_in(bob)),
        "guest whose link is revoked": lambda: end(entry, linked(entry, Level.EDIT), revoked_at=ago),
        "guest whose link is over": lambda: end(entry, linked(entry, Level.EDIT), expires_at=ago),
        "guest with the password": lambda: typing(entry, PASSWORD, 302),
        "guest with a wrong password": lambda: typing(entry, "wrong horse", 403),
        "guest with a wrong link": lambda: wrong if wrong.get("/s/wrong/").status_code == 404 else Client(),
    }
    assert set(comers) == set(PEOPLE)
    return comers[who]()


# --- Every address ----------------------------------------------------------------------------------------------------
def addresses(patterns: list[Any], before: str = "/") -> Iterator[tuple[str, str]]:
    """Name and route of each."""
    for pattern in patterns:
        route = f"{before}{str(pattern.pattern).removeprefix('^')}"
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or "", route


EVERY = list(addresses(get_resolver().url_patterns))


def test_the_table_has_every_address_about_an_entry() -> None:
    assert {name for name, route in EVERY if "<uuid:entry_id>" in route} == {name for name, _ in NEEDED}


def address(name: str, entry: Transcription) -> str:
    more: dict[str, list[Any]] = {
        "page": [0],
        "made": ["proxy"],
        "download": ["txt"],
        "act": ["undo"],
        "document": [entry.renditions.get().pk],
        "comment": [entry.comments.order_by("pk").values_list("pk", flat=True)[0]],
        "revoke": [1],
    }
    return reverse(name, args=[entry.pk, *more.get(name, [])])


def status(client: Client, name: str, method: str, entry: Transcription) -> int:
    """What comes of it is rolled back; -1: one is asked to sign in."""
    values = {
        "change": 0,
        "start": 0,
        "end": 1,
        "do": "delete",
        "title": "Taken over",
        "text": "Hi.",
        "at": "0:00",
        "name": "Eve",
        "find": "x",
    }
    with transaction.atomic():
        response = (
            client.generic(method, address(name, entry))
            if method == "GET"
            else client.post(address(name, entry), values)
        )
        response.close()
        transaction.set_rollback(True)
    is_asked_in = response.status_code == 401 or "/accounts/login/" in response.headers.get("Location", "")
    return -1 if is_asked_in else response.status_code


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_may_exactly_so_much(who: str, entry: Transcription, bob: User) -> None:
    client, level = come(who, entry, bob), PEOPLE[who]
    is_guest = "_auth_user_id" not in client.session
    entry.shares.update(can_download=False)
    closed = {(name, method): OWN for (name, method), needed in NEEDED.items() if needed == DOWNLOAD}
    check(client, entry, {**NEEDED, **closed}, level, is_guest=is_guest)
    entry.shares.update(can_download=True)
    check(client, entry, dict.fromkeys(closed, READ), level, is_guest=is_guest)
    assert Transcription.objects.get(pk=entry.pk).title == TITLE


def check(
    client: Client, entry: Transcription, wanted: dict[tuple[str, str], int], level: int, *, is_guest: bool
) -> None:
    for (name, method), needed in wanted.items():
        got = status(client, name, method, entry)
        if level >= needed and (name, method) not in NOTHING_THERE:
            assert got in {200, 302}, (name, method, got)
        else:
            is_asked = level == SIGNED_OUT or (is_guest and name in ASKS)
            assert got == (-1 if is_asked else 404), (name, method, got)


def test_the_other_things_made_of_a_recording_are_the_owners(entry: Transcription, bob: User) -> None:
    client = named(entry, bob, Level.EDIT)
    for kind in ("subtitled", "inside", "nothing"):
        assert client.get(reverse("made", args=[entry.pk, kind])).status_code == 404


@pytest.mark.parametrize("who", ["stranger", "account that edits", "guest with a link to edit", "nobody"])
def test_nothing_else_of_the_site_tells_of_it(who: str, entry: Transcription, bob: User, alice: User) -> None:
    client = come(who, entry, bob)
    query = {
        "entry": str(entry.pk),
        "in": str(entry.pk),
        "q": "Confidential",
        "format": "txt",
        "tag": "",
        "do": "download",
    }
    for _name, route in EVERY:
        if "<uuid:entry_id>" in route:
            continue
        path = (
            re.sub(r"\(\?P<\w+>[^()]*(?:\([^()]*\))?[^()]*\)|<[^>]+>", "1", route).replace("$", "").replace("\\Z", "")
        )
        response = client.get(path, query)
        said = b"" if response.streaming else response.content
        for secret in (TITLE, TEXT, alice.email, str(alice.pk) + "@"):
            assert secret.encode() not in said, path
    for name in ("several", "take_back"):
        client.post(reverse(name), {"entry": str(entry.pk), "do": "delete", "at": timezone.now().isoformat()})
    assert Transcription.objects.filter(pk=entry.pk).exists()


@pytest.mark.parametrize("who", ["account that edits", "guest who comments"])
def test_it_is_closed_with_its_owners_account_and_when_it_is_thrown_away(
    who: str, entry: Transcription, bob: User, alice: User
) -> None:
    client = come(who, entry, bob)
    page = reverse("transcript", args=[entry.pk])
    assert client.get(page).status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get(page).status_code == 404
    User.objects.filter(pk=alice.pk).update(is_active=True)
    Transcription.objects.filter(pk=entry.pk).update(deleted_at=timezone.now())
    assert client.get(page).status_code == 404


def test_one_entrys_link_opens_no_other(entry: Transcription, alice: User) -> None:
    client, other = linked(entry, Level.EDIT), edited.text(alice, "Other.")
    assert "/accounts/login/" in client.get(reverse("transcript", args=[other.pk])).headers["Location"]
    linked(other, Level.READ, client)
    assert client.get(reverse("comments", args=[other.pk])).status_code == 404
    assert client.get(reverse("comments", args=[entry.pk])).status_code == 302  # a plain one leads to the page
    assert Share.objects.count() == 2
