"""STORAGE_URL taken apart: a folder, or what django-storages wants to know of S3."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMES = {"s3": "https", "s3+http": "http"}
OPTIONS = {"region", "direct"}
YES_OR_NO = {"true": True, "false": False}


def folder(url: str, usual: Path) -> Path:
    """The folder it names, or the usual one. Raises ValueError."""
    parts = urlsplit(url)
    if not url or parts.scheme in SCHEMES:
        return usual
    if parts.scheme not in {"", "file"} or parts.netloc or parts.query or not parts.path.startswith("/"):
        raise ValueError(url)
    return Path(unquote(parts.path))


def s3(url: str) -> dict[str, Any]:
    """Empty where it is a folder. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        return {}
    bucket = parts.path.strip("/")
    options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    if not bucket or "/" in bucket or not options.keys() <= OPTIONS or options.get("direct", "true") not in YES_OR_NO:
        raise ValueError(url)
    found = {
        "bucket_name": bucket,
        "endpoint_url": _endpoint(url),
        "region_name": options.get("region"),
        "access_key": unquote(parts.username or "") or None,
        "secret_key": unquote(parts.password or "") or None,
    }
    given = {name: value for name, value in found.items() if value}
    style = "path" if "endpoint_url" in given else "auto"
    return {**given, "addressing_style": style, "direct": YES_OR_NO[options.get("direct", "true")]}


def origin(url: str) -> str:
    """Where browsers are sent to, as a policy names it; "" where they are not."""
    found = s3(url)
    if not found or not found["direct"]:
        return ""
    return found.get("endpoint_url") or "https://*.amazonaws.com"


def _endpoint(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.port == 0:
        raise ValueError(url)
    return f"{SCHEMES[parts.scheme]}://{host}" if host else ""
