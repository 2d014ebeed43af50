"""Sound that comes without a header: 16 kHz mono, as programs send it who have decoded it themselves."""

import hashlib
import wave
from dataclasses import replace

from transcriptions.engine.values import SAMPLE_RATE
from transcriptions.workflow.intake import ReceivedFile

PIECE_BYTES = 1024**2
SAMPLE_BYTES = 2


def as_wav(file: ReceivedFile) -> ReceivedFile:
    """The same samples behind a header, in the same folder; what has a header already as it is."""
    with file.path.open("rb") as samples:
        if not file.size_bytes or samples.read(4) == b"RIFF":
            return file
        samples.seek(0)
        path = file.path.with_suffix(".wav")
        with wave.open(str(path), "wb") as target:
            target.setparams((1, SAMPLE_BYTES, SAMPLE_RATE, 0, "NONE", ""))
            while piece := samples.read(PIECE_BYTES):
                target.writeframesraw(piece[: len(piece) - len(piece) % SAMPLE_BYTES])
    file.path.unlink()
    with path.open("rb") as made:
        digest = hashlib.file_digest(made, "sha256").hexdigest()
    return replace(file, path=path, size_bytes=path.stat().st_size, sha256=digest)
