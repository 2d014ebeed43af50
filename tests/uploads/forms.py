"""Multipart bodies as browsers write them."""

from collections.abc import Sequence

BOUNDARY = "----TestFormBoundary7MA4YWxkTrZu0gW"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"

Part = tuple[str, str | None, bytes]  # name, file name or None, content


def part(name: str, file_name: str | None, content: bytes) -> bytes:
    disposition = f'form-data; name="{name}"'
    kind = ""
    if file_name is not None:
        escaped = file_name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")  # WHATWG, HTML 4.10.21.8
        disposition += f'; filename="{escaped}"'
        kind = "Content-Type: application/octet-stream\r\n"
    head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n{kind}\r\n"
    return head.encode() + content + b"\r\n"


def body(parts: Sequence[Part]) -> bytes:
    return b"".join(part(*each) for each in parts) + f"--{BOUNDARY}--\r\n".encode()


def pieces(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]
