"""The storage as a bucket of S3, or of anything that speaks like it, by django-storages.

Its connection belongs to one thread; the client below it serves all of them, so there is one a process. An upload is
seen when its last byte has arrived, which is S3's promise.
"""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from transcriptions import temporary
from transcriptions.storage import disk
from transcriptions.storage.values import StoredFile, Unavailable

PIECE_BYTES = 256 * 1024
GONE = frozenset({"404", "NoSuchKey"})  # a bucket that is not there is no lost file
BEYOND = "InvalidRange"
# Seconds; three attempts. Checksums of newer AWS kinds are left out: many servers do not know them.
CONFIG = {
    "connect_timeout": 5,
    "read_timeout": 30,
    "retries": {"total_max_attempts": 3, "mode": "standard"},
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
    "signature_version": "s3v4",
}
ONE_BY_ONE = TransferConfig(use_threads=False)  # parts of 8 MB, one in memory


class Bucket:
    """Everything raises Unavailable when S3 does not answer or refuses."""

    def __init__(self, *, direct: bool, addressing_style: str, **options: str) -> None:
        """direct: whether browsers can reach it. The rest is django-storages'."""
        config = Config(**CONFIG, s3={"addressing_style": addressing_style})
        self._direct = direct
        self._s3 = S3Storage(**options, client_config=config)
        self._client: Any = self._s3.connection.meta.client
        self._name = options["bucket_name"]

    def adopt(self, file: Path, key: str) -> None:
        with _told():
            self._client.upload_file(str(file), self._name, key, Config=ONE_BY_ONE)

    def write(self, key: str, content: bytes) -> None:
        with _told():
            self._client.put_object(Bucket=self._name, Key=key, Body=content)

    def size(self, key: str) -> int:
        try:
            with _told():
                return int(self._client.head_object(Bucket=self._name, Key=key)["ContentLength"])
        except FileNotFoundError:
            self._ask_for_the_bucket()  # HEAD has no words to tell a missing one from a missing file
            raise

    def _ask_for_the_bucket(self) -> None:
        try:
            with _told():
                self._client.head_bucket(Bucket=self._name)
        except FileNotFoundError as error:
            raise Unavailable("storage_away", str(error)) from error

    def read(self, key: str, start: int, end: int) -> bytes:
        return b"".join(self.pieces(key, start, end))

    def pieces(self, key: str, start: int, end: int) -> Generator[bytes]:
        if start >= end:
            return
        with _told():
            try:
                answer = self._client.get_object(Bucket=self._name, Key=key, Range=f"bytes={start}-{end - 1}")
            except ClientError as error:
                if error.response["Error"]["Code"] == BEYOND:
                    return
                raise
            with closing(answer["Body"]) as body:
                yield from body.iter_chunks(PIECE_BYTES)

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        disk.ask_for_room(self.size(key))
        with temporary.folder("original") as folder:
            path = folder / "original"
            with _told(), disk.told_when_full():
                self._client.download_file(self._name, key, str(path), Config=ONE_BY_ONE)
            yield path

    def address(self, key: str, seconds: int, content_type: str, disposition: str) -> str:
        answer = {"ResponseContentType": content_type, "ResponseContentDisposition": disposition}
        return str(self._s3.url(key, parameters=answer, expire=seconds)) if self._direct else ""

    def delete(self, key: str) -> None:
        with _told():
            self._client.delete_object(Bucket=self._name, Key=key)

    def delete_folder(self, key: str) -> None:
        for page in self._pages(Prefix=f"{key}/"):
            for found in page.get("Contents", ()):
                self.delete(found["Key"])

    def folders(self, key: str) -> Iterator[str]:
        for page in self._pages(Prefix=f"{key}/", Delimiter="/"):
            yield from (found["Prefix"].rstrip("/").rpartition("/")[2] for found in page.get("CommonPrefixes", ()))

    def files(self, folder: str) -> Iterator[StoredFile]:
        for page in self._pages(Prefix=f"{folder}/" if folder else ""):
            for found in page.get("Contents", ()):
                yield StoredFile(found["Key"], found["Size"], found["LastModified"])

    def abort_unfinished(self, before: datetime) -> None:
        with _told():
            for page in self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._name):
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"] < before:
                        its = {"Key": upload["Key"], "UploadId": upload["UploadId"]}
                        self._client.abort_multipart_upload(Bucket=self._name, **its)

    def _pages(self, **which: str) -> Iterator[dict[str, Any]]:
        with _told():
            yield from self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name, **which)


@contextmanager
def _told() -> Iterator[None]:
    """boto's errors as ours: FileNotFoundError, or Unavailable."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            raise FileNotFoundError(str(error)) from error
        raise Unavailable("storage_away", str(error)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise Unavailable("storage_away", str(error)) from error
