"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from transcriptions.web import operations, overview

admin.site.site_header = admin.site.site_title = "Transcribe Site"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # the second factor counts here too

urlpatterns = [
    path("", include("transcriptions.web.urls")),
    path("api/v1/", include("transcriptions.api.rest.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/queues/", include("django_rq.urls")),
    path("admin/overview/", admin.site.admin_view(overview.overview), name="overview"),
    path("admin/", admin.site.urls),
    path("healthz", operations.healthz, name="healthz"),
    path("readyz", operations.readyz, name="readyz"),
    path("status", operations.status, name="status"),
    path("metrics", operations.metrics, name="metrics"),
]
