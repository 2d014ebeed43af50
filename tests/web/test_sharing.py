"""Links and shared accounts: made, opened, revoked; what a reader sees; comments."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.people import PASSWORD, person
from tests.web.serve import Stream
from tests.web.test_access import linked, named
from tests.workflow import edited
from transcriptions.models import Comment, Level, Share, Transcription
from transcriptions.workflow import comments, edit, history, quota, sharing

pytestmark = pytest.mark.django_db

TEXTS = ("Good morning.", "How are you?")
HX = {"HX-Request": "true"}


@pytest.fixture
def entry(alice: User) -> Transcription:
    cache.clear()
    entry = edited.text(alice, *TEXTS, title="Talk", language="en")
    Transcription.objects.filter(pk=entry.pk).update(notes="Only mine", tags=["mine"], file_name="ann-private.wav")
    return entry


def make(client: Client, entry: Transcription, **values: Any) -> str:
    """The link's address, as its owner reads it once."""
    said = client.post(reverse("sharing", args=[entry.pk]), {"level": 1, **values}).content.decode()
    (address,) = re.findall(r'value="(?:https?://[^/"]+)(/s/[^"]+/)"', said)
    return str(address)


def cookies(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


def page(client: Client, entry: Transcription) -> str:
    return client.get(reverse("transcript", args=[entry.pk])).content.decode()


class TestLinks:
    def test_one_leads_to_the_text_and_is_counted(self, entry: Transcription, as_alice: Client) -> None:
        address = make(as_alice, entry)
        assert len(address) == len("/s//") + 43  # 256 bits
        guest = Client()
        answer = guest.get(address)
        assert answer.headers["Location"] == reverse("transcript", args=[entry.pk])
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in answer.headers["Cache-Control"]
        read = guest.get(answer.headers["Location"])
        assert read.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "morning." in read.content.decode()
        assert entry.shares.get().views == 1
        assert "opened 1 time" in as_alice.get(reverse("sharing", args=[entry.pk])).content.decode()

    def test_only_its_hash_is_kept(self, entry: Transcription, as_alice: Client) -> None:
        token = make(as_alice, entry, password="correct horse battery").split("/")[2]
        row = str(list(Share.objects.values_list()))
        assert token not in row
        assert "correct horse" not in row
        assert token not in as_alice.get(reverse("sharing", args=[entry.pk])).content.decode()

    def test_a_guest_sees_no_more_than_they_must(
        self, entry: Transcription, as_alice: Client, alice: User, bob: User
    ) -> None:
        for level in (Level.READ, Level.EDIT):
            shown = page(linked(entry, level), entry)
            for private in (alice.email, "ann-private", "Only mine", "mine</a>", "About the recording", "/delete"):
                assert private not in shown, private
            for name in ("again", "cancel", "retry", "change", "sharing", "delete", "track"):
                assert reverse(name, args=[entry.pk]) not in shown
            assert reverse("download", args=[entry.pk, "txt"]) not in shown
        assert reverse("download", args=[entry.pk, "txt"]) in page(linked(entry, Level.READ, can_download=True), entry)
        assert "/accounts/login/?next=" in page(linked(entry, Level.EDIT), entry)

    def test_signing_in_makes_an_editor_of_whoever_may_edit(self, entry: Transcription, bob: User) -> None:
        client = linked(entry, Level.EDIT)
        client.post("/accounts/login/", {"login": bob.email, "password": PASSWORD})
        where = {"change": 0, "line": edited.now(entry)[0].key, "version": 0, "text": "Good evening."}
        assert client.post(reverse("act", args=[entry.pk, "text"]), where).status_code == 200
        assert edited.said(entry)[0] == "Good evening."
        assert entry.changes.get().user == bob

    def test_a_revoked_one_is_not_there(self, entry: Transcription, as_alice: Client) -> None:
        address, guest = make(as_alice, entry), Client()
        guest.get(address)
        as_alice.post(reverse("revoke", args=[entry.pk, entry.shares.get().pk]))
        assert [guest.get(path).status_code for path in (address, reverse("transcript", args=[entry.pk]))] == [404, 404]

    def test_nobody_revokes_what_is_anothers(self, entry: Transcription, as_bob: Client, bob: User) -> None:
        linked(entry, Level.READ)
        mine, share = edited.text(bob, "Mine."), entry.shares.get()
        assert as_bob.post(reverse("revoke", args=[mine.pk, share.pk])).status_code == 302
        share.refresh_from_db()
        assert share.revoked_at is None

    def test_it_ends_with_its_day(self, entry: Transcription, as_alice: Client) -> None:
        today = timezone.localdate()
        make(as_alice, entry, until=today.isoformat())
        ends = entry.shares.get().expires_at
        assert ends is not None
        assert timedelta() < ends - timezone.now() <= timedelta(days=1)
        refused = as_alice.post(
            reverse("sharing", args=[entry.pk]), {"level": 1, "until": (today - timedelta(days=1)).isoformat()}
        )
        assert "This day is over." in refused.content.decode()
        assert entry.shares.count() == 1

    def test_a_weak_password_is_refused(self, entry: Transcription, as_alice: Client) -> None:
        as_alice.post(reverse("sharing", args=[entry.pk]), {"level": 1, "password": "12345678"})
        assert not entry.shares.exists()

    def test_passwords_are_tried_a_few_times_only(self, entry: Transcription, settings: Settings) -> None:
        token = sharing.make_link(entry=entry, level=Level.READ, now=timezone.now(), password="correct horse")
        address = reverse("shared", args=[token])
        tried = [Client().post(address, {"password": "wrong"}).status_code for _ in range(11)]
        assert tried == [403] * settings.SHARE_PASSWORD_TRIES + [429]
        assert Client().post(address, {"password": "correct horse"}).status_code == 429
        cache.clear()
        for _ in range(12):  # who knows it takes nobody's tries away
            assert Client().post(address, {"password": "correct horse"}).status_code == 302

    def test_an_operator_closes_all_of_them(
        self, entry: Transcription, as_alice: Client, settings: Settings, bob: User
    ) -> None:
        guest, invited = linked(entry, Level.READ), named(entry, bob, Level.READ)
        settings.ALLOW_SHARE_LINKS = False
        assert guest.get(reverse("transcript", args=[entry.pk])).status_code == 404
        assert as_alice.post(reverse("sharing", args=[entry.pk]), {"level": 1}).status_code == 404
        assert invited.get(reverse("transcript", args=[entry.pk])).status_code == 200

    def test_what_is_played_is_called_by_the_title(self, entry: Transcription) -> None:
        from transcriptions.web.access import Reader
        from transcriptions.web.media import _recording

        entry.refresh_from_db()
        assert "Talk.wav" in _recording(Reader(entry, None, Level.READ)).disposition
        assert "ann-private.wav" in _recording(Reader(entry, entry.user, Level.EDIT, is_owner=True)).disposition


class TestAccounts:
    def test_it_stands_under_a_filter_of_its_own(self, entry: Transcription, alice: User, bob: User) -> None:
        client = named(entry, bob, Level.READ)
        shown = client.get("/", {"shared": "on"}).content.decode()
        assert "Others share transcripts with you." in client.get("/").content.decode()
        assert entry.title in shown
        assert alice.email in shown
        assert "Only mine" not in shown
        assert f"entry-{entry.pk}" not in client.get("/").content.decode()
        assert quota.use(bob) == quota.Use(0, 0.0, 0)

    @pytest.mark.parametrize("query", [{"tag": "mine"}, {"favourite": "on"}, {"archived": "on"}, {"sort": "length"}])
    def test_what_the_owner_has_marked_narrows_nothing(
        self, entry: Transcription, bob: User, query: dict[str, str]
    ) -> None:
        client = named(entry, bob, Level.READ)
        assert str(entry.pk) in client.get("/", {"shared": "on", **query}).content.decode()

    def test_a_second_time_changes_the_first(self, entry: Transcription, bob: User, as_alice: Client) -> None:
        for level in (1, 3):
            as_alice.post(reverse("sharing", args=[entry.pk]), {"address": "BOB@example.org", "level": level})
        assert entry.shares.get().level == Level.EDIT

    def test_after_a_revocation_it_begins_anew(self, entry: Transcription, bob: User) -> None:
        named(entry, bob, Level.READ)
        sharing.revoke(entry=entry, share_id=entry.shares.get().pk, now=timezone.now())
        named(entry, bob, Level.EDIT)
        assert list(entry.shares.order_by("pk").values_list("level", flat=True)) == [1, 3]

    @pytest.mark.parametrize("address", ["nobody@example.org", "alice@example.org"])
    def test_who_is_nobody_is_named_a_few_times_only(
        self, entry: Transcription, as_alice: Client, address: str, settings: Settings, bob: User
    ) -> None:
        for _ in range(settings.SHARE_PASSWORD_TRIES):
            said = as_alice.post(reverse("sharing", args=[entry.pk]), {"address": address, "level": 1}).content.decode()
            assert ("There is no account" in said) or ("your own address" in said)
        said = as_alice.post(reverse("sharing", args=[entry.pk]), {"address": bob.email, "level": 1}).content.decode()
        assert "tried too often" in said
        assert not entry.shares.exists()

    def test_changes_carry_who(self, entry: Transcription, bob: User, as_alice: Client, alice: User) -> None:
        client = named(entry, bob, Level.EDIT)
        edit.change_text(**edited.at(entry, 0), text="Hi.", now=timezone.now())
        where = {"change": 0, "line": edited.now(entry)[1].key, "version": 0, "text": "How?"}
        assert client.post(reverse("act", args=[entry.pk, "text"]), where).status_code == 200
        told = [change["who"] for change in as_alice.get(reverse("changes", args=[entry.pk])).json()["changes"]]
        assert told == [bob.email, alice.email]
        stranger = person("eve@example.org")
        eve = Client()
        eve.force_login(stranger)
        seen = linked(entry, Level.EDIT, eve).get(reverse("changes", args=[entry.pk])).json()["changes"]
        assert [change["who"] for change in seen] == ["Somebody with an account", "The owner"]

    def test_everything_goes_with_the_entry_and_with_the_account(self, entry: Transcription, bob: User) -> None:
        named(entry, bob, Level.COMMENT)
        linked(entry, Level.READ)
        for user, guest in ((entry.user, ""), (bob, ""), (None, "g")):
            comments.say(entry=entry, user=user, name="", guest=guest, seconds=0, text="Hi", now=timezone.now())
        history.delete_account(user=bob, now=timezone.now())
        assert (Share.objects.count(), Comment.objects.count()) == (1, 2)
        history.delete(entry=entry, now=timezone.now())
        assert (Share.objects.count(), Comment.objects.count()) == (0, 0)


class TestComments:
    def say(self, client: Client, entry: Transcription, text: str = "Really?", **values: Any) -> str:
        given = {"at": "1:02", "text": text, **values}
        return client.post(reverse("comments", args=[entry.pk]), given, headers=HX).content.decode()

    def test_a_guest_says_something_about_a_moment(self, entry: Transcription, as_alice: Client, alice: User) -> None:
        guest = linked(entry, Level.COMMENT)
        assert "Your name" in self.say(guest, entry)  # it is missing
        shown = self.say(guest, entry, name="Eve <b>", text="<script>Really?")
        assert "Eve &lt;b&gt; (guest)" in shown
        assert "&lt;script&gt;Really?" in shown
        row = Comment.objects.get()
        assert (row.seconds, row.user) == (62.0, None)
        assert f'data-at="{row.seconds}"' in page(as_alice, entry)
        assert "Delete" in page(guest, entry).split("_discussion")[0]
        self.say(as_alice, entry, "Yes.")
        seen = page(guest, entry)
        assert "The owner" in seen
        assert alice.email not in seen
        assert 'value="Eve &lt;b&gt;"' in seen

    def test_it_is_changed_by_its_author_and_the_owner(self, entry: Transcription, as_alice: Client) -> None:
        author, other = linked(entry, Level.COMMENT), linked(entry, Level.COMMENT)
        self.say(author, entry, name="Eve")
        address = reverse("comment", args=[entry.pk, Comment.objects.get().pk])
        assert other.post(address, {"do": "delete"}).status_code == 404
        assert author.post(address, {"do": "resolve"}).status_code == 302
        assert Comment.objects.get().is_resolved
        assert as_alice.post(address, {"do": "reopen"}).status_code == 302
        assert not Comment.objects.get().is_resolved
        assert author.post(address, {"do": "shout"}).status_code == 404
        assert author.post(address, {"do": "delete"}).status_code == 302
        assert not Comment.objects.exists()

    def test_one_of_another_entry_is_not_there(self, entry: Transcription, as_alice: Client, as_bob: Client) -> None:
        self.say(as_alice, entry)
        other = edited.text(User.objects.get(email="bob@example.org"), "Mine.")
        address = reverse("comment", args=[other.pk, Comment.objects.get().pk])
        assert as_bob.post(address, {"do": "delete"}).status_code == 404

    @pytest.mark.parametrize("at", ["", "x", "1:2:3:4", "-1", "1e9", "9" * 12])
    def test_it_has_a_moment(self, entry: Transcription, as_alice: Client, at: str) -> None:
        assert 'role="alert"' in self.say(as_alice, entry, at=at)
        assert not Comment.objects.exists()

    def test_there_are_limits(self, entry: Transcription, as_alice: Client, settings: Settings) -> None:
        settings.MAX_COMMENT_CHARACTERS, settings.MAX_COMMENTS = 10, 1
        assert 'role="alert"' in self.say(as_alice, entry, "x" * 11)
        assert 'role="alert"' not in self.say(as_alice, entry, "x" * 10)
        assert "at most 1 comments" in self.say(as_alice, entry, "x")

    def test_without_scripts_it_leads_back(self, entry: Transcription, as_alice: Client) -> None:
        address = reverse("comments", args=[entry.pk])
        assert as_alice.post(address, {"at": "3", "text": "Hi"}).headers["Location"] == f"/t/{entry.pk}/"
        assert as_alice.post(address, {"at": "3", "text": ""}).status_code == 422


@pytest.mark.django_db(transaction=True)
class TestLookingOn:
    def test_others_are_told_of_a_comment_and_thrown_out_when_it_is_revoked(
        self, entry: Transcription, port: int, alice: User
    ) -> None:
        guest = linked(entry, Level.COMMENT)
        said: dict[str, Any] = {
            "entry": entry,
            "user": alice,
            "name": "",
            "guest": "",
            "seconds": 1.0,
            "now": timezone.now(),
        }
        address = f"{reverse('follow', args=[entry.pk])}?change=0&comments={comments.mark(entry)}"
        with Stream(port, address, cookies(guest)) as stream:
            comments.say(**said, text="Hi")
            assert stream.until("comments", "lines", "end").name == "comments"
            entry.shares.update(revoked_at=timezone.now())
            comments.say(**said, text="Ho")
            assert stream.until("comments", "lines", "end").name == "end"

    def test_who_only_reads_is_told_of_no_comment(self, entry: Transcription, port: int, alice: User) -> None:
        guest = linked(entry, Level.READ)
        with Stream(port, f"{reverse('follow', args=[entry.pk])}?comments=0-0", cookies(guest)) as stream:
            now = timezone.now()
            comments.say(entry=entry, user=alice, name="", guest="", seconds=1.0, text="Hi", now=now)
            edit.change_text(**edited.at(entry, 0), text="Hi.", now=now)
            assert stream.until("comments", "lines", "end").name == "lines"
