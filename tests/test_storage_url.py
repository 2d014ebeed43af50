"""STORAGE_URL, and what becomes of it."""

from pathlib import Path
from typing import Any

import pytest

from transcribe_site import storage_url

USUAL = Path("/data/storage")
PLAIN = {"bucket_name": "b", "addressing_style": "path", "direct": True}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", USUAL),
        ("/srv/recordings", Path("/srv/recordings")),
        ("file:///srv/my%20recordings", Path("/srv/my recordings")),
        ("s3://host/b", USUAL),
    ],
)
def test_a_folder_is_named_or_the_usual_one(url: str, expected: Path) -> None:
    assert storage_url.folder(url, USUAL) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", {}),
        ("/srv/recordings", {}),
        ("s3://host:9000/b", {**PLAIN, "endpoint_url": "https://host:9000"}),
        ("s3+http://host/b?direct=false", {**PLAIN, "endpoint_url": "http://host", "direct": False}),
        (
            "s3://K%2F:S%40@host/b?region=eu-1",
            {
                **PLAIN,
                "endpoint_url": "https://host",
                "access_key": "K/",
                "secret_key": "S@",
                "region_name": "eu-1",
            },
        ),
        ("s3:///b?region=eu-1", {**PLAIN, "addressing_style": "auto", "region_name": "eu-1"}),
    ],
)
def test_a_bucket_is_what_django_storages_wants_to_know(url: str, expected: dict[str, Any]) -> None:
    assert storage_url.s3(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", ""),
        ("s3+http://key:secret@host:9000/b", "http://host:9000"),
        ("s3://host/b?direct=false", ""),
        ("s3:///b", "https://*.amazonaws.com"),
    ],
)
def test_a_policy_names_where_browsers_are_sent(url: str, expected: str) -> None:
    assert storage_url.origin(url) == expected
