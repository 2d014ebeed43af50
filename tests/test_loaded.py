"""What the processes load: each pays for it in seconds of the processor and in memory, at every start."""

import subprocess
import sys

import pytest

FOR_DOCUMENTS = {"docx", "fpdf", "fontTools", "uharfbuzz"}
SAY = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"


def loaded(code: str) -> set[str]:
    said = subprocess.run([sys.executable, "-c", f"{code}; {SAY}"], capture_output=True, check=True, text=True)
    return set(said.stdout.split())


@pytest.mark.parametrize(
    "process",
    [
        "import transcribe_site.asgi, transcribe_site.urls",
        "import django; django.setup(); import transcriptions.worker, transcriptions.jobs",
        "import django; django.setup(); import transcriptions.management.commands.transcribe",
    ],
)
def test_what_makes_documents_is_its_childs_alone(process: str) -> None:
    names = loaded(process)
    assert "transcriptions" in names
    assert not names & FOR_DOCUMENTS


def test_the_child_loads_it() -> None:
    assert loaded("import transcriptions.engine.typesetter") >= FOR_DOCUMENTS
