"""What was made of a recording: its player, its video; its owner's alone."""

import http.client
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.uploads import asgi
from tests.web import rows, serve
from tests.web.test_media import body
from transcriptions import storage
from transcriptions.engine.pictures import PictureError
from transcriptions.models import Media, Rendition, Transcript, Transcription
from transcriptions.sentences import SENTENCES, sentence
from transcriptions.web.media import MADE
from transcriptions.workflow import renditions
from transcriptions.workflow.edit import change_text

pytestmark = pytest.mark.django_db(transaction=True)

PROXY, SUBTITLED, INSIDE = Rendition.Kind.PROXY, Rendition.Kind.SUBTITLED, Rendition.Kind.INSIDE
OWN = [  # what is one person's: its address, and what the page calls it
    (SUBTITLED, "video", ".mp4", "a video with subtitles in the picture"),
    (INSIDE, "inside", ".mkv", "a recording with subtitles to turn on and off"),
]
CODES = ("no_encoder", "no_subtitles", "bad_subtitles", "too_slow", "too_large_a_result", "not_encoded")


@pytest.fixture(autouse=True)
def _draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transcriptions.configuration.draws_subtitles", lambda: True)


@pytest.fixture
def film(alice: User) -> Transcription:
    """One that no browser plays."""
    entry = rows.entry(alice, "Good morning.")
    track = {"index": 0, "codec": "mp3", "sample_rate": 44_100, "channels": 2}
    Media.objects.update(container="avi", video_codec="mpeg4", audio_tracks=[track])
    return entry


def made(entry: Transcription, kind: str, content: bytes = b"", ending: str = ".mp4", **fields: object) -> Rendition:
    media = entry.transcript.media
    row = Rendition.objects.create(
        media=media, kind=kind, transcription=None if kind == PROXY else entry, created_at=timezone.now()
    )
    if content:
        key = storage.rendition_key(media.sha256, row.pk, ending)
        storage.write(key, content)
        fields = {"state": "done", "storage_key": key, "size_bytes": len(content), "expires_at": timezone.now()}
    Rendition.objects.filter(pk=row.pk).update(**fields)
    return row


def page(client: Client, entry: Transcription) -> str:
    return client.get(reverse("transcript", args=[entry.pk])).content.decode()


def get(port: int, user: User, name: str, entry: Transcription, **headers: str) -> http.client.HTTPResponse:
    cookies = serve.cookie_header(asgi.person(user))
    return serve.ask(port, reverse(name, args=[entry.pk]), headers={**headers, **cookies})


def test_what_browsers_play_has_a_player_at_once(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice)
    shown = page(as_alice, entry)
    assert "<audio controls" in shown
    assert f'src="{reverse("media", args=[entry.pk])}"' in shown
    assert not Rendition.objects.exists()


def test_a_recording_that_is_not_kept_has_none(alice: User, as_alice: Client) -> None:
    entry = rows.entry(alice)
    Media.objects.update(storage_key="")
    assert 'id="player"' not in page(as_alice, entry)


def test_the_first_look_at_the_page_asks_for_the_form_that_browsers_play(film: Transcription, as_alice: Client) -> None:
    for _ in range(2):
        shown = page(as_alice, film)
        assert "A form that they play is being made" in shown
        assert f'hx-get="{reverse("made", args=[film.pk, PROXY])}"' in shown
        assert "<video" not in shown
    assert [(row.kind, row.state) for row in Rendition.objects.all()] == [(PROXY, "waiting")]


def test_how_far_it_is_is_shown(film: Transcription, as_alice: Client) -> None:
    made(film, PROXY, made_seconds=30.0)
    part = as_alice.get(reverse("made", args=[film.pk, PROXY])).content.decode()
    assert 'value="50"' in part
    assert "every 2s" in part
    assert "<html" not in part


def test_once_it_is_there_the_page_plays_it(film: Transcription, alice: User, as_alice: Client, port: int) -> None:
    row = made(film, PROXY, b"made film")
    shown = page(as_alice, film)
    assert "<video controls" in shown
    assert "every 2s" not in shown
    answer = get(port, alice, "media", film, Range="bytes=5-")
    assert (answer.status, body(answer)) == (206, b"film")
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["ETag"] == f'"{film.transcript.media.sha256}.{row.pk}.mp4"'
    assert answer.headers["Content-Disposition"] == 'inline; filename="Talk.mp4"'


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("kind", [PROXY, SUBTITLED, INSIDE])
def test_a_failure_is_a_sentence_and_can_be_tried_again(
    code: str, kind: str, film: Transcription, as_alice: Client
) -> None:
    made(film, kind, state="failed", error_code=code)
    assert sentence(code) in page(as_alice, film)
    answer = as_alice.post(reverse("made", args=[film.pk, kind]))
    assert answer.status_code == 302
    assert Rendition.objects.get(kind=kind).state == "waiting"


def test_every_way_it_can_fail_has_a_sentence() -> None:
    told = PictureError.__doc__ or ""
    assert set(CODES) <= set(SENTENCES)
    assert [code for code in CODES if f'"{code}"' not in told] == []


@pytest.mark.parametrize(("kind", "name", "ending", "what"), OWN)
def test_ones_own_is_offered_asked_for_and_downloaded(
    kind: str, name: str, ending: str, what: str, film: Transcription, alice: User, as_alice: Client, port: int
) -> None:
    assert f"Make {what}" in page(as_alice, film)
    assert get(port, alice, name, film).status == 404
    as_alice.post(reverse("made", args=[film.pk, kind]))
    assert f"The {what[2:]} is being made." in page(as_alice, film)
    assert get(port, alice, name, film).status == 404
    Rendition.objects.filter(kind=kind).delete()
    made(film, kind, b"film with text", ending)
    assert f'href="{reverse(name, args=[film.pk])}"' in page(as_alice, film)
    answer = get(port, alice, name, film)
    assert (answer.status, body(answer)) == (200, b"film with text")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="Talk{ending}"'
    assert answer.headers["Content-Type"] == MADE[ending]


def test_sound_and_unfinished_work_offer_none(alice: User, as_alice: Client) -> None:
    for entry in (rows.entry(alice, "Words."), rows.entry(alice, "Words.", state=Transcript.State.RECOGNISING)):
        assert "subtitles in the picture" not in page(as_alice, entry)
        as_alice.post(reverse("made", args=[entry.pk, SUBTITLED]))
        Media.objects.update(video_codec="h264")
    assert not Rendition.objects.filter(kind=SUBTITLED).exists()


def test_a_stranger_gets_404(film: Transcription, bob: User, as_bob: Client, port: int) -> None:
    made(film, SUBTITLED, b"film with text")
    made(film, INSIDE, b"film and text")
    made(film, PROXY, b"made film")
    assert {get(port, bob, name, film).status for name in ("video", "inside", "media")} == {404}
    for method in (as_bob.get, as_bob.post):
        assert method(reverse("made", args=[film.pk, PROXY])).status_code == 404
        assert method(reverse("made", args=[uuid.uuid4(), SUBTITLED])).status_code == 404


def test_another_person_with_the_same_recording_does_not_get_the_video(
    film: Transcription, bob: User, as_bob: Client, port: int
) -> None:
    made(film, SUBTITLED, b"film with text")
    now = timezone.now()
    theirs = Transcription.objects.create(
        user=bob, transcript=film.transcript, title="T", file_name="t.avi", created_at=now
    )
    assert get(port, bob, "video", theirs).status == 404
    assert "Make a video with subtitles in the picture" in page(as_bob, theirs)


def test_what_is_no_kind_is_404(film: Transcription, as_alice: Client) -> None:
    assert as_alice.get(reverse("made", args=[film.pk, "gif"])).status_code == 404


def test_somebody_signed_out_is_sent_to_the_sign_in_page(film: Transcription, client: Client) -> None:
    address = reverse("made", args=[film.pk, PROXY])
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/accounts/login/?next={reverse('transcript', args=[film.pk])}",
    )
    assert "HX-Redirect" in client.get(address, headers={"HX-Request": "true"}).headers
    assert client.get(reverse("video", args=[film.pk])).status_code == 401


def test_where_ffmpeg_draws_no_text_it_is_not_offered(
    as_alice: Client, film: Transcription, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "subtitles in the picture" in page(as_alice, film)
    monkeypatch.setattr("transcriptions.configuration.draws_subtitles", lambda: False)
    assert "subtitles in the picture" not in page(as_alice, film)
    assert "subtitles to turn on and off" in page(as_alice, film)


@pytest.mark.parametrize("kind", [SUBTITLED, INSIDE])
def test_one_with_a_text_that_was_corrected_since_is_another_one(film: Transcription, alice: User, kind: str) -> None:
    film, now = Transcription.objects.get(), timezone.now()
    old = made(film, kind, b"old words")
    assert renditions.of(film, kind) == old
    key = str(film.transcript.segments.get().pk)
    change_text(entry=film, user=alice, key=key, version=0, text="Other words.", now=now)
    assert renditions.of(film, kind) is None
    renditions.ask(entry=film, kind=kind, now=now)
    assert [row.state for row in film.renditions.order_by("pk")] == ["waiting"]


def test_what_does_not_say_how_long_it_is_is_made_playable(alice: User, as_alice: Client) -> None:
    """As browsers record: without a length nobody can go to a place in it."""
    entry = rows.entry(alice, "Good morning.")
    page(as_alice, entry)
    assert not Rendition.objects.exists()
    Media.objects.update(duration_seconds=None)
    page(as_alice, entry)
    assert Rendition.objects.get().kind == PROXY
