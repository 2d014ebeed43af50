"""What a file certainly is that is no recording, by its first bytes. Pure; does not say what is one: see probe."""

from collections.abc import Mapping

from transcriptions.engine.errors import EngineError

HEAD_BYTES = 4096  # what is looked at
PE_HEADER_AT = 0x3C  # where a Windows program says where its second header is
TAR_AT, BRAND_AT = 257, 8

PLAYLIST, ARCHIVE, PICTURE, DOCUMENT, PROGRAM = "playlist", "archive", "picture", "document", "program"
SIGNATURES: Mapping[bytes, str] = {
    b"PK\x03\x04": ARCHIVE,
    b"PK\x05\x06": ARCHIVE,
    b"Rar!\x1a\x07": ARCHIVE,
    b"7z\xbc\xaf\x27\x1c": ARCHIVE,
    b"\x1f\x8b\x08": ARCHIVE,
    b"BZh": ARCHIVE,
    b"\xfd7zXZ\x00": ARCHIVE,
    b"\x28\xb5\x2f\xfd": ARCHIVE,
    b"\xff\xd8\xff": PICTURE,
    b"\x89PNG\r\n\x1a\n": PICTURE,
    b"GIF87a": PICTURE,
    b"GIF89a": PICTURE,
    b"II*\x00": PICTURE,
    b"MM\x00*": PICTURE,
    b"%PDF-": DOCUMENT,
    b"{\\rtf": DOCUMENT,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": DOCUMENT,  # Office before 2007
    b"SQLite format 3\x00": DOCUMENT,
    b"\x7fELF": PROGRAM,
    b"\xcf\xfa\xed\xfe": PROGRAM,  # macOS
    b"\xca\xfe\xba\xbe": PROGRAM,
}
PICTURE_BRANDS = frozenset({b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis"})  # of ISO media files
# Text that names other files or addresses.
PLAYLISTS = ("#extm3u", "#exm3u", "ffconcat version", "[playlist]", "[reference]", "<asx", "<smil", "v=0")
PLAYLIST_ELEMENTS = ("<mpd", "<smil", "<asx", "<smoothstreamingmedia", "<playlist")
PICTURE_ELEMENTS = ("<svg",)


class NoRecording(EngineError):  # noqa: N818 - a verdict
    """The code says what it is instead."""


def refuse_by_head(head: bytes) -> None:
    """head: the first bytes of a file, HEAD_BYTES or all of it. Raises NoRecording."""
    if found := what_else(head):
        raise NoRecording(found)


def what_else(head: bytes) -> str:
    """The code of what it is instead of a recording; "" where that is not certain."""
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            return kind
    if head[TAR_AT : TAR_AT + 5] == b"ustar":
        return ARCHIVE
    if head[4:8] == b"ftyp" and head[BRAND_AT : BRAND_AT + 4] in PICTURE_BRANDS:
        return PICTURE
    if head[:4] == b"RIFF" and head[BRAND_AT : BRAND_AT + 4] == b"WEBP":
        return PICTURE
    if _is_windows_program(head):
        return PROGRAM
    return _what_text(head)


def _is_windows_program(head: bytes) -> bool:
    place = int.from_bytes(head[PE_HEADER_AT : PE_HEADER_AT + 4], "little")
    return head.startswith(b"MZ") and head[place : place + 4] == b"PE\x00\x00"


def _what_text(head: bytes) -> str:
    text = _text(head)
    if not text:
        return ""
    begin = text[:HEAD_BYTES].lstrip().lower()
    if begin.startswith(PLAYLISTS) or any(element in begin for element in PLAYLIST_ELEMENTS):
        return PLAYLIST
    if any(element in begin for element in PICTURE_ELEMENTS):
        return PICTURE
    return PROGRAM if begin.startswith("#!") else DOCUMENT


def _text(head: bytes) -> str:
    """The head as text, "" where it is none: a piece of a letter may be missing at its end."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").decode(errors="replace")
    whole = text[:-3] if len(head) >= HEAD_BYTES else text
    return text if all(letter.isprintable() or letter in "\r\n\t\f" for letter in whole) and "�" not in whole else ""
