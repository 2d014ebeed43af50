"""A multipart form taken apart piece by piece: fields in memory, files to disk with their sha256. Knows no HTTP."""

import errno
import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from transcriptions.engine.magic import HEAD_BYTES, what_else
from transcriptions.workflow.intake import ReceivedFile

Fields = list[tuple[str, str]]
FIELD_BYTES = 20_000  # all fields that are not files together
FIELD_OVERHEAD_BYTES = 100  # what an empty field counts


class FormError(Exception):
    """The form cannot be taken; `code` is the sentence's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class _Part:
    headers: dict[str, bytes] = field(default_factory=dict)
    name: str = ""
    file_name: str | None = None
    value: bytearray = field(default_factory=bytearray)
    file: BinaryIO | None = None
    head: bytearray = field(default_factory=bytearray)
    size: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


class Form:
    """Feed it the body with `write`, then `close` it. Raises FormError.

    before_file: is given the fields that have come when a file begins, and raises what it will of them.
    looks: whether the one file of a form is refused by its first bytes.
    """

    def __init__(
        self,
        boundary: str,
        folder: Path,
        *,
        max_files: int,
        looks: bool = True,
        before_file: Callable[[Fields], object] | None = None,
    ) -> None:
        self.fields: Fields = []
        self.files: list[ReceivedFile] = []
        self._folder, self._max_files = folder, max_files
        self._looks, self._before_file = looks and max_files == 1, before_file
        self._part = _Part()
        self._header_name = self._header_value = b""
        self._field_bytes = 0
        self._complete = False
        try:
            self._parser = MultipartParser(
                boundary.encode("latin-1"),
                {
                    "on_part_begin": self._part_begins,
                    "on_header_field": self._header_field,
                    "on_header_value": self._header_came,
                    "on_header_end": self._header_ends,
                    "on_headers_finished": self._headers_end,
                    "on_part_data": self._data,
                    "on_part_end": self._part_ends,
                    "on_end": self._end,
                },
            )
        except (FormParserError, UnicodeEncodeError):
            raise FormError("broken_upload") from None

    def write(self, piece: bytes) -> None:
        try:
            self._parser.write(piece)
        except FormParserError:
            raise FormError("broken_upload") from None
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise FormError("no_space") from error
            raise

    def close(self) -> None:
        """The body has ended. Raises FormError when its last boundary never came."""
        self.abandon()
        if not self._complete:
            raise FormError("broken_upload")

    def abandon(self) -> None:
        """Close the file that is being written, if any. It will be removed: what cannot be flushed does not matter."""
        if self._part.file:
            with suppress(OSError):
                self._part.file.close()

    def _part_begins(self) -> None:
        self._part = _Part()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _header_came(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_ends(self) -> None:
        self._part.headers[self._header_name.decode("latin-1").lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _headers_end(self) -> None:
        part = self._part
        _, options = parse_options_header(part.headers.get("content-disposition", b""))
        part.name = options.get(b"name", b"").decode(errors="replace")
        if b"filename" not in options:
            self._charge(FIELD_OVERHEAD_BYTES + len(part.name))
            return
        part.file_name = options[b"filename"].decode(errors="replace")
        if len(self.files) >= self._max_files:
            raise FormError("too_many_files")
        if self._before_file:
            self._before_file(self.fields)
        part.file = (self._folder / str(len(self.files))).open("wb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        part, piece = self._part, memoryview(data)[start:end]
        if part.file:
            self._look(part, piece)
            part.file.write(piece)
            part.digest.update(piece)
            part.size += len(piece)
            return
        self._charge(len(piece))
        part.value += piece

    def _look(self, part: _Part, piece: memoryview) -> None:
        """What is certainly no recording is refused by its first bytes, before the rest has arrived, if it is alone."""
        missing = HEAD_BYTES - len(part.head)
        if missing > 0 and self._looks:
            part.head += piece[:missing]
            if len(part.head) == HEAD_BYTES and (found := what_else(bytes(part.head))):
                raise FormError(found)

    def _charge(self, size: int) -> None:
        self._field_bytes += size
        if self._field_bytes > FIELD_BYTES:
            raise FormError("broken_upload")

    def _part_ends(self) -> None:
        part = self._part
        if part.file is None:
            self.fields.append((part.name, part.value.decode(errors="replace")))
            return
        path = Path(part.file.name)
        part.file.close()
        if part.file_name or part.size:  # browsers send an empty part where no file was chosen
            self.files.append(ReceivedFile(part.file_name or "", path, part.size, part.digest.hexdigest()))

    def _end(self) -> None:
        self._complete = True
