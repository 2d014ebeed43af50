"""Whether a command that a unit or a manifest starts is one that there is: it is read by who would read it."""

from collections.abc import Sequence

from django.core.management import get_commands, load_command_class
from uvicorn.importer import import_from_string
from uvicorn.main import main as uvicorn

from tests.docs.test_docs import environment_names, settings_calls

NOT_OURS = {"FORWARDED_ALLOW_IPS", "LD_LIBRARY_PATH", "NVIDIA_DRIVER_CAPABILITIES", "PYTHONDONTWRITEBYTECODE"}


def assert_it_can_be_run(words: Sequence[str]) -> None:
    """After the Python: manage.py with a command and words that it understands, or uvicorn with our application."""
    if words[:2] == ["-m", "uvicorn"]:
        given = uvicorn.make_context("uvicorn", list(words[2:])).params
        assert import_from_string(given["app"])
        assert given["lifespan"] == "on"
        assert given["timeout_graceful_shutdown"]
        return
    file, name, *arguments = words
    assert file == "manage.py"
    load_command_class(get_commands()[name], name).create_parser("manage.py", name).parse_args(arguments)


def assert_all_are_settings(names: set[str]) -> None:
    assert names - NOT_OURS <= set(settings_calls()) | environment_names()
