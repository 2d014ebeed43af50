"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.urls import include, path
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from transcriptions import storage


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """It serves, and its disks have room. Whether all else is well is another question, asked elsewhere."""
    if not storage.has_room():
        return HttpResponse("no room on the disk\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' page, for staff and for whoever bears METRICS_TOKEN; it does not exist for anybody else."""
    given, expected = request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    bears_token = bool(settings.METRICS_TOKEN) and constant_time_compare(given, expected)
    if not (bears_token or (request.user.is_authenticated and request.user.is_staff)):
        return HttpResponseNotFound()
    response: HttpResponse = ExportToDjangoView(request)
    return response


admin.site.site_header = admin.site.site_title = "Transcribe Site"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # the second factor counts here too

urlpatterns = [
    path("", include("transcriptions.web.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/queues/", include("django_rq.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
]
