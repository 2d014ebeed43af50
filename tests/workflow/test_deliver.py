"""What is told to another server: signed, again until it is taken, to nobody in a private network."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from accounts.models import User
from tests.web import rows
from tests.web.conftest import signed_in
from transcriptions.models import Delivery, Transcript, Transcription, Webhook
from transcriptions.workflow import hooks, state
from transcriptions.workflow.clean import clean_up
from transcriptions.workflow.deliver import deliver_next
from transcriptions.workflow.intake import Refused
from transcriptions.workflow.lease import claim
from transcriptions.workflow.retain import sweep

pytestmark = pytest.mark.django_db(transaction=True)


class Receiver:
    """Answers what it is told to, then 204 for ever; keeps what it was sent."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/told"
        self.statuses: list[int] = []
        self.sent: list[tuple[dict[str, str], bytes]] = []


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.sent.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.statuses.pop(0) if found.statuses else 204)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Not into the output of the tests."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Receiver(server.server_port)
        Thread(target=server.serve_forever, daemon=True).start()
        yield found
        server.shutdown()


@pytest.fixture(autouse=True)
def _soon(settings: Settings) -> None:
    settings.LINK_ALLOWED_HOSTS = ["127.0.0.1"]
    settings.WEBHOOK_REST_SECONDS = 0.0


def told(user: User, url: str, *, with_text: bool = False) -> str:
    """The secret."""
    return hooks.choose(user=user, url=url, with_text=with_text, now=timezone.now())


def finished(user: User, *texts: str) -> Transcription:
    entry = rows.entry(user, *texts, title="Talk", state=Transcript.State.RECOGNISING)
    rows.finish(entry.transcript)
    return entry


def test_a_receiver_that_fails_four_times_is_told_once_and_can_verify_it(alice: User, receiver: Receiver) -> None:
    secret = told(alice, receiver.url)
    receiver.statuses = [500, 503, 404, 302]
    entry = finished(alice, "Hello there.")
    attempts = 0
    while deliver_next():
        attempts += 1
    assert attempts == 5
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.response_code) == (Delivery.State.DELIVERED, 5, 204)
    assert len({headers["webhook-id"] for headers, _ in receiver.sent}) == 1
    for headers, body in receiver.sent:
        content = Verifier(secret).verify(body, headers)
        assert content["type"] == "transcription.done"
        assert content["data"]["id"] == str(entry.pk)
        assert "Hello" not in body.decode()


def test_a_changed_body_does_not_verify(alice: User, receiver: Receiver) -> None:
    secret = told(alice, receiver.url)
    finished(alice)
    deliver_next()
    headers, body = receiver.sent[0]
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(body.replace(b"done", b"gone"), headers)


def test_the_text_comes_where_it_is_asked_for(alice: User, receiver: Receiver) -> None:
    told(alice, receiver.url, with_text=True)
    finished(alice, "Olá, então.")
    deliver_next()
    assert "Olá, então." in json.loads(receiver.sent[0][1])["data"]["text"]


def test_it_gives_up_after_so_many_attempts_and_can_be_sent_again(
    alice: User, receiver: Receiver, settings: Settings
) -> None:
    settings.WEBHOOK_ATTEMPTS = 3
    told(alice, receiver.url)
    receiver.statuses = [500] * 3
    finished(alice)
    while deliver_next():
        pass
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (Delivery.State.FAILED, 3)
    signed_in(alice).post(f"/account/webhook/{delivery.pk}/again")
    assert deliver_next()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (Delivery.State.DELIVERED, 1)


def test_who_is_gone_is_not_asked_again(alice: User, receiver: Receiver) -> None:
    told(alice, receiver.url)
    receiver.statuses = [410]
    finished(alice)
    assert deliver_next()
    assert not deliver_next()
    assert Delivery.objects.get().state == Delivery.State.FAILED


def test_it_rests_longer_each_time(alice: User, receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_REST_SECONDS = 60.0
    told(alice, receiver.url)
    receiver.statuses = [500]
    finished(alice)
    assert deliver_next()
    assert not deliver_next()
    expires_at = Delivery.objects.get().lease_expires_at
    assert expires_at
    assert 50 < (expires_at - timezone.now()).total_seconds() <= 60


def test_an_address_of_a_private_network_is_told_nothing(alice: User, receiver: Receiver, settings: Settings) -> None:
    settings.LINK_ALLOWED_HOSTS = []
    told(alice, receiver.url)
    finished(alice)
    assert deliver_next()
    assert "link_private" in Delivery.objects.get().error
    assert not receiver.sent


def test_a_failure_is_told_with_its_code(alice: User, receiver: Receiver) -> None:
    told(alice, receiver.url)
    entry = rows.entry(alice, state=Transcript.State.QUEUED)
    state.stop(entry.transcript_id, Transcript.State.FAILED, timezone.now(), code="unreadable")
    deliver_next()
    content = json.loads(receiver.sent[0][1])
    assert (content["type"], content["data"]["error"]) == ("transcription.failed", "unreadable")


def test_one_request_may_have_an_address_of_its_own(alice: User, receiver: Receiver) -> None:
    told(alice, "")
    entry = rows.entry(alice, state=Transcript.State.RECOGNISING)
    entry.callback = hooks.callback(user=alice, url=receiver.url, with_text=False)
    entry.save(update_fields=["callback"])
    rows.finish(entry.transcript)
    assert deliver_next()
    assert len(receiver.sent) == 1


def test_without_a_secret_no_request_may(alice: User, receiver: Receiver) -> None:
    with pytest.raises(Refused, match="no_webhook_secret"):
        hooks.callback(user=alice, url=receiver.url, with_text=False)


def test_what_a_killed_worker_held_is_told_by_the_next(alice: User, receiver: Receiver, settings: Settings) -> None:
    told(alice, receiver.url)
    finished(alice)
    settings.LEASE_SECONDS = -1  # it is killed: nobody renews it
    assert claim(Delivery.objects.all(), timezone.now())
    settings.LEASE_SECONDS = 30
    sweep(timezone.now())
    assert deliver_next()
    assert Delivery.objects.get().state == Delivery.State.DELIVERED


def test_the_secret_is_shown_once(alice: User, receiver: Receiver) -> None:
    browser: Client = signed_in(alice)
    first = browser.post("/account/webhook/", {"url": receiver.url}).content.decode()
    secret = Webhook.objects.get().secret
    assert secret in first
    assert secret not in browser.get("/account/webhook/").content.decode()


def test_what_was_told_is_forgotten_after_a_while(alice: User, receiver: Receiver, settings: Settings) -> None:
    told(alice, receiver.url)
    finished(alice)
    deliver_next()
    settings.WEBHOOK_KEEP_DAYS = 0
    cleaned = clean_up(now=timezone.now())
    assert cleaned
    assert cleaned.deliveries == 1
