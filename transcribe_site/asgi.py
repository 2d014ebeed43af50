"""The ASGI application: Django behind the doors that take uploads while they arrive, and those of programs.

Here alone connections to the database are kept: see ADR 13.
"""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "transcribe_site.settings")

settings.DATABASES["default"] |= {"CONN_HEALTH_CHECKS": True}
settings.DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 0,
    "max_size": settings.DATABASE_CONNECTIONS,
    "max_idle": 60.0,  # seconds
    "timeout": 5.0,  # while all are taken, or PostgreSQL is away
}
django_application = get_asgi_application()

from transcribe_site.requests import Requests  # noqa: E402 - needs the app registry
from transcriptions import traces  # noqa: E402
from transcriptions.api.door import ProgramDoor  # noqa: E402
from transcriptions.uploads.receive import UploadReceiver  # noqa: E402
from transcriptions.uploads.resume import ResumableUploads  # noqa: E402

traces.begin("web")
application = Requests(ResumableUploads(ProgramDoor(UploadReceiver(django_application))))
