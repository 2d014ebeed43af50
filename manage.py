#!/usr/bin/env python
"""Django's command line. Starts the embedded services where a command needs them and nothing else provides them."""

import os
import secrets
import sys
from contextlib import nullcontext

# These serve nobody and sign nothing, so they need no kept secret, and no services: the doctor says what is there.
STANDALONE = {"doctor", "fetch_model", "ffmpeg_info", "transcribe"}
WITHOUT_SECRET = STANDALONE | {"restore"}  # brings it
WITHOUT_SERVICES = STANDALONE | {"check", "collectstatic", "compilemessages", "help", "makemessages", "version"}


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit("Transcribe Site needs Python 3.11 or newer.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "transcribe_site.settings")
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "help")
    if command in WITHOUT_SECRET:
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    try:
        from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 - the virtual environment may lack it
        from django.core.management import execute_from_command_line  # noqa: PLC0415 - as above
    except ImportError:
        sys.exit("Django is not installed here. Run `make install`, then `.venv/bin/python manage.py ...`.")
    from transcribe_site import embedded  # noqa: PLC0415 - as above

    idle = command in WITHOUT_SERVICES or {"--help", "-h", "--version"} & set(sys.argv)
    try:
        with nullcontext() if idle else embedded.services():
            execute_from_command_line(sys.argv)
    except (embedded.ServiceError, ImproperlyConfigured) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
