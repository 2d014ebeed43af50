"""The pages' addresses."""

from django.urls import path

from transcriptions.web import (
    account,
    events,
    language,
    links,
    media,
    record,
    sessions,
    takeout,
    tokens,
    upload,
    uploads,
    views,
)

urlpatterns = [
    path("", views.history, name="history"),
    path("upload/", upload.upload, name="upload"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/known/", uploads.known, name="known"),
    path("uploads/prove/", uploads.prove, name="prove"),
    path("links/", links.link, name="link"),
    path("record/", record.record, name="record"),
    path("forecast/", views.forecast, name="forecast"),
    path("i18n/setlang/", language.choose, name="set_language"),
    path("account/", account.profile, name="account"),
    path("account/defaults/", account.defaults, name="defaults"),
    path("account/data/", account.data, name="your_data"),
    path("account/delete", account.delete, name="delete_account"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke", tokens.revoke, name="revoke_token"),
    path("account/takeout", takeout.takeout, name="takeout"),
    path("account/takeout/remove", takeout.remove, name="remove_takeout"),
    path("account/takeout.zip", takeout.file, name="takeout_file"),
    path("accounts/sessions/", sessions.sessions, name="sessions"),  # in the place of allauth's own page
    path("accounts/sessions/<int:session_id>/end", sessions.end, name="end_session"),
    path("accounts/sessions/end", sessions.end_others, name="end_other_sessions"),
    path("t/<uuid:entry_id>/", views.transcript, name="transcript"),
    path("t/<uuid:entry_id>/events", events.events, name="events"),
    path("t/<uuid:entry_id>/media", media.media, name="media"),
    path("t/<uuid:entry_id>/video", media.video, name="video"),
    path("t/<uuid:entry_id>/made/<str:kind>", views.made, name="made"),
    path("t/<uuid:entry_id>/download/<str:format_name>", views.download, name="download"),
    path("t/<uuid:entry_id>/cancel", views.cancel, name="cancel"),
    path("t/<uuid:entry_id>/retry", views.retry, name="retry"),
    path("t/<uuid:entry_id>/track", views.track, name="track"),
    path("t/<uuid:entry_id>/again", views.again, name="again"),
    path("t/<uuid:entry_id>/delete", views.delete, name="delete"),
]
