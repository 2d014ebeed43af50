"""Accounts, with what each has stored."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin import UserAdmin
from accounts.models import User
from transcriptions.admin.rows import Owner
from transcriptions.configuration import current
from transcriptions.workflow import history, quota

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(Owner, UserAdmin):
    """Deleting an account here is what its person would do: with all that nobody else has."""

    def get_list_display(self, request: HttpRequest) -> Any:
        address, *others = super().get_list_display(request)
        return (address, "stored", "recorded", "arriving", *others)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return quota.with_use(super().get_queryset(request))

    @admin.display(description=_("recordings kept"), ordering="kept_bytes")
    def stored(self, person: Any) -> str:
        return _of(filesizeformat(person.kept_bytes), current.MAX_BYTES_PER_USER, filesizeformat)

    @admin.display(description=_("hours of recordings"), ordering="recorded_seconds")
    def recorded(self, person: Any) -> str:
        return _of(f"{person.recorded_seconds / 3600:.1f}", current.MAX_HOURS_PER_USER)

    @admin.display(description=_("files on their way"), ordering="arriving_uploads")
    def arriving(self, person: Any) -> str:
        return _of(str(person.arriving_uploads), current.MAX_UPLOADS_PER_USER)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        history.delete_account(user=obj, now=timezone.now())


def _of(used: str, limit: float, shown: Callable[[float], str] = str) -> str:
    return _("%(used)s of %(limit)s") % {"used": used, "limit": shown(limit)} if limit else used
