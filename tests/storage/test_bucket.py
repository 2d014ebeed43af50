"""S3 that is away, refuses, or is not reached by browsers."""

import http.client
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from tests import s3
from transcribe_site import storage_url
from transcriptions import storage

KEY = "media/ab/abcdef"
KEPT = {"content_type": "audio/mp4", "disposition": 'inline; filename="Talk.m4a"'}


def spoiled(server: s3.Server, **changes: str) -> dict[str, object]:
    return {**storage_url.s3(server.url), **changes}


def asked(url: str, **headers: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
    answer = connection.getresponse()
    with closing(connection):
        return answer.status, answer.read()


@pytest.mark.parametrize(
    "changes",
    [
        {"secret_key": "wrong"},
        {"access_key": "nobody"},
        {"bucket_name": "missing"},
        {"endpoint_url": "http://127.0.0.1:9"},
    ],
)
def test_what_refuses_or_is_away_is_told_apart_from_a_lost_file(
    bucket: s3.Server, settings: Settings, changes: dict[str, str]
) -> None:
    storage.write(KEY, b"sound")
    settings.S3 = spoiled(bucket, **changes)
    for attempt in (
        lambda: storage.read(KEY, 0, 5),
        lambda: storage.size(KEY),
        lambda: storage.write(KEY, b"x"),
        lambda: list(storage.files()),
    ):
        with pytest.raises(storage.Unavailable) as caught:
            attempt()
        assert caught.value.code == "storage_away"


def test_a_signed_address_opens_one_file_for_a_while(bucket: s3.Server) -> None:
    storage.write(KEY, b"0123456789")
    _, content = asked(storage.address(KEY, seconds=60, **KEPT), Range="bytes=2-4")
    assert content == b"234"  # rclone says 200 all the same


@pytest.mark.parametrize("spoil", [lambda url: url.partition("?")[0], lambda url: url.replace("abcdef", "other0")])
def test_an_address_that_is_not_signed_opens_nothing(bucket: s3.Server, spoil: Callable[[str], str]) -> None:
    storage.write(KEY, b"0123456789")
    storage.write(KEY.replace("abcdef", "other0"), b"another's")
    assert asked(spoil(storage.address(KEY, seconds=60, **KEPT)))[0] in {400, 403}


def test_an_address_says_what_the_answer_is_to_be_called(bucket: s3.Server) -> None:
    query = urlsplit(storage.address(KEY, seconds=77, **KEPT)).query
    assert "response-content-type=audio%2Fmp4" in query
    assert "response-content-disposition=inline" in query
    assert "X-Amz-Expires=77" in query


def test_where_browsers_do_not_reach_it_there_is_no_address(bucket: s3.Server, settings: Settings) -> None:
    settings.S3 = storage_url.s3(f"{bucket.url}&direct=false")
    storage.write(KEY, b"sound")
    assert storage.address(KEY, seconds=60, **KEPT) == ""
    assert storage.read(KEY, 0, 5) == b"sound"
