"""The pages' addresses."""

from django.urls import path

from transcriptions.web import account, events, history, links, media, record, search, upload, uploads, views

urlpatterns = [
    path("", history.history, name="history"),
    path("history/live", history.live, name="live"),
    path("history/several", history.several, name="several"),
    path("history/take-back", history.take_back, name="take_back"),
    path("search/", search.search, name="search"),
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
    path("t/<uuid:entry_id>/change", history.change, name="change"),
    path("t/<uuid:entry_id>/cancel", views.cancel, name="cancel"),
    path("t/<uuid:entry_id>/retry", views.retry, name="retry"),
    path("t/<uuid:entry_id>/track", views.track, name="track"),
    path("t/<uuid:entry_id>/again", views.again, name="again"),
    path("t/<uuid:entry_id>/delete", views.delete, name="delete"),
]
