"""The words of tus 1.0, the protocol of resumable uploads, as values: https://tus.io/protocols/resumable-upload

Knows neither files nor people.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,termination,expiration,checksum"
ALGORITHMS = ("sha1", "sha256", "sha512", "md5")
BODY_TYPE = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460
LONGEST_METADATA = 16_384
LONGEST_NUMBER = 15  # digits


class ProtocolError(Exception):
    """What was said is not the protocol's."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass(frozen=True)
class Checksum:
    algorithm: str
    digest: bytes


def number(headers: Mapping[str, str], name: str) -> int | None:
    """A header's whole number; None without the header."""
    given = headers.get(name)
    if given is None:
        return None
    if not re.fullmatch(r"[0-9]+", given, re.ASCII) or len(given) > LONGEST_NUMBER:
        raise ProtocolError(HTTPStatus.BAD_REQUEST, f"{name} is a whole number.")
    return int(given)


def length(headers: Mapping[str, str]) -> int | None:
    """Of a new upload; None where it is to be said later."""
    given, deferred = number(headers, "upload-length"), headers.get("upload-defer-length")
    if deferred not in {None, "1"} or (given is None) != (deferred == "1"):
        raise ProtocolError(HTTPStatus.BAD_REQUEST, "Either Upload-Length, or Upload-Defer-Length: 1.")
    return given


def metadata(headers: Mapping[str, str]) -> dict[str, str]:
    """Upload-Metadata: pairs of a key and base64 of UTF-8."""
    given = headers.get("upload-metadata", "")
    if len(given) > LONGEST_METADATA:
        raise ProtocolError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "Upload-Metadata is too long.")
    found = {}
    for pair in filter(None, (part.strip() for part in given.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise ProtocolError(HTTPStatus.BAD_REQUEST, f"The value of {key!r} is not base64 of UTF-8.") from None
    return found


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    given = headers.get("upload-checksum")
    if given is None:
        return None
    algorithm, _, value = given.partition(" ")
    if algorithm not in ALGORITHMS:
        raise ProtocolError(HTTPStatus.BAD_REQUEST, f"Checksums are {', '.join(ALGORITHMS)}.")
    try:
        return Checksum(algorithm, base64.b64decode(value, validate=True))
    except binascii.Error:
        raise ProtocolError(HTTPStatus.BAD_REQUEST, "The checksum is not base64.") from None
