"""Where an installation keeps its things, and the addresses that follow from it."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parent.parent.parent
LONGEST_FOLDER = 80  # sun_path holds 108 bytes, file name and supervisord's temporary ending included


def data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").absolute()


def socket_folder(data: Path, name: str) -> Path:
    folder = data / "run" / name
    if len(str(folder)) <= LONGEST_FOLDER:
        return folder
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"transcribe-{digest}-{name}"


def database_url(data: Path) -> str:
    return f"postgres://transcribe@/{quote(str(socket_folder(data, 'postgres')))}/transcribe"


def redis_url(data: Path) -> str:
    return f"unix://{quote(str(socket_folder(data, 'valkey')))}/redis.sock"


def secret_key_file(data: Path) -> Path:
    return data / "secret_key"


def keep_secret_key(data: Path) -> None:
    """Make the installation's secret key unless there is one already."""
    file = secret_key_file(data)
    if file.exists():
        return
    new = file.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secrets.token_urlsafe(50))
        opened.flush()
        os.fsync(opened.fileno())
    new.rename(file)


def private_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder
