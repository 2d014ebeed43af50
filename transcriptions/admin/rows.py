"""What every row here is: looked at and deleted, not edited. Staff see what people said only if they may."""

from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import ngettext


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic while it runs
    """Actions say in the log who did what; Django itself logs only what its forms do.

    private: fields that say what people's recordings are, for staff who may read them.
    """

    private: tuple[str, ...] = ()

    list_per_page = 50
    show_full_result_count = False

    def log_change_of_each(self, request: HttpRequest, rows: Iterable[Model], message: str) -> None:
        for row in rows:
            self.log_change(request, row, message)

    def say_done(self, request: HttpRequest, rows: Collection[Model], message: str) -> None:
        self.log_change_of_each(request, rows, message)
        said = ngettext("Done with %(count)d of them.", "Done with %(count)d of them.", len(rows))
        self.message_user(request, said % {"count": len(rows)})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> Any:
        return _without(self.private, super().get_list_display(request))

    def get_search_fields(self, request: HttpRequest) -> Any:
        return _without(self.private, super().get_search_fields(request))

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return (*(super().get_exclude(request, obj) or ()), *(() if _may_read() else self.private))


def _may_read() -> bool:
    return bool(settings.STAFF_CAN_READ_TRANSCRIPTS)


def _without(private: Collection[str], fields: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(field for field in fields if _may_read() or field not in private)


class Text(ReadOnly):
    """What people said and wrote: staff see that it is there by its figures elsewhere, unless they may read."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _may_read() and super().has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _may_read() and super().has_delete_permission(request, obj)


class OneByOne(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic while it runs
    """Several are deleted as each of them is."""

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)


class Owner(OneByOne):
    """What is people's goes with its own, also by staff who may not look at it."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        found, counts, _, protected = super().get_deleted_objects(objs, request)
        return found, counts, set(), protected


class Kept(ReadOnly):
    """Its rows go with what they belong to."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
