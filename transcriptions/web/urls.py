"""The pages' addresses."""

from django.urls import path

from transcriptions.web import account, editing, events, links, media, record, upload, uploads, views

urlpatterns = [
    path("", views.history, name="history"),
    path("upload/", upload.upload, name="upload"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/known/", uploads.known, name="known"),
    path("uploads/prove/", uploads.prove, name="prove"),
    path("links/", links.link, name="link"),
    path("record/", record.record, name="record"),
    path("forecast/", views.forecast, name="forecast"),
    path("account/", account.account, name="account"),
    path("account/delete", account.delete, name="delete_account"),
    path("t/<uuid:entry_id>/", views.transcript, name="transcript"),
    path("t/<uuid:entry_id>/events", events.events, name="events"),
    path("t/<uuid:entry_id>/media", media.media, name="media"),
    path("t/<uuid:entry_id>/video", media.video, name="video"),
    path("t/<uuid:entry_id>/made/<str:kind>", views.made, name="made"),
    path("t/<uuid:entry_id>/download/<str:format_name>", views.download, name="download"),
    path("t/<uuid:entry_id>/lines", editing.page, name="lines"),
    path("t/<uuid:entry_id>/lines/find", editing.find, name="find"),
    path("t/<uuid:entry_id>/lines/doubt", editing.doubt, name="doubt"),
    path("t/<uuid:entry_id>/lines/changes", editing.changes, name="changes"),
    path("t/<uuid:entry_id>/lines/follow", editing.follow, name="follow"),
    path("t/<uuid:entry_id>/lines/<str:action>", editing.act, name="act"),
    path("t/<uuid:entry_id>/earlier", editing.earlier, name="earlier"),
    path("t/<uuid:entry_id>/cancel", views.cancel, name="cancel"),
    path("t/<uuid:entry_id>/retry", views.retry, name="retry"),
    path("t/<uuid:entry_id>/track", views.track, name="track"),
    path("t/<uuid:entry_id>/again", views.again, name="again"),
    path("t/<uuid:entry_id>/delete", views.delete, name="delete"),
]
