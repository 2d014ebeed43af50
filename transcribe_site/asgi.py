"""The ASGI application: Django behind the doors that take uploads while they arrive, and those of programs."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "transcribe_site.settings")

django_application = get_asgi_application()

from transcribe_site.cross_origin import CrossOrigin  # noqa: E402 - these need the app registry
from transcribe_site.requests import Requests  # noqa: E402
from transcriptions import traces  # noqa: E402
from transcriptions.api.door import ProgramDoor  # noqa: E402
from transcriptions.uploads.receive import UploadReceiver  # noqa: E402
from transcriptions.uploads.resume import ResumableUploads  # noqa: E402

traces.begin("web")
application = Requests(CrossOrigin(ResumableUploads(ProgramDoor(UploadReceiver(django_application)))))
