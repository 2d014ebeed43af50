"""The child that makes documents: `python -m transcriptions.engine.typesetter`. See documents, which runs it.

It alone loads what makes them: seconds of the processor, and libraries in C that read what anybody may have written.
On its standard input come lines of JSON: what is asked for, then a segment each, then null; on its standard output goes
the size of the document in eight bytes, and the document; and so again. What goes wrong ends it.
"""

import json
import math
import resource
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from transcriptions.engine import docx_file, pdf_file
from transcriptions.engine.documents import CPU_SECONDS, KINDS, SIZE_BYTES
from transcriptions.engine.shape import Shape
from transcriptions.engine.values import Heading, Segment

SAVE = dict(zip(KINDS, (docx_file.save, pdf_file.save), strict=True))


def main(asked: BinaryIO, answer: BinaryIO) -> None:
    for line in asked:
        _allow_seconds()
        order = json.loads(line)
        document = BytesIO()
        SAVE[order["kind"]](Heading(**order["heading"]), _segments(asked), Shape(**order["shape"]), document)
        answer.write(len(document.getbuffer()).to_bytes(SIZE_BYTES))
        answer.write(document.getbuffer())
        answer.flush()


def _segments(lines: BinaryIO) -> Iterator[Segment]:
    for line in lines:
        said = json.loads(line)
        if said is None:
            return
        yield Segment(**said)


def _allow_seconds() -> None:
    """For the next document; beyond them SIGXCPU ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    allowed = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (allowed if most == resource.RLIM_INFINITY else min(allowed, most), most))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
