"""Migrations leave the version before them working: its processes go on beside the new ones, and can be gone back to.

A new column is null or has its default in the database, because the old code does not name it when it inserts. Nothing
is renamed, nor taken away before the version after the one that needs it no more.
"""

from collections.abc import Iterator, Sequence

from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

APPS = {"accounts", "transcriptions"}
TAKEN_AWAY = (operations.RemoveField, operations.DeleteModel, operations.RenameField, operations.RenameModel)
# Taken away: only what the version before this one has stopped to use, by "app.migration".
NOBODY_NEEDS = set[str]()
# Written before there was a version to go back to.
FIRST_VERSION = {"transcriptions": 23, "accounts": 6}


def of_ours() -> Iterator[tuple[str, int, Sequence[operations.base.Operation]]]:
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        if app in APPS:
            yield app, int(name[:4]), migration.operations


def breaks_the_old(operation: operations.base.Operation, new_tables: set[str]) -> bool:
    if isinstance(operation, TAKEN_AWAY):
        return True
    if not isinstance(operation, operations.AddField) or operation.model_name.lower() in new_tables:
        return False
    field = operation.field
    return not (field.null or field.many_to_many or field.db_default is not NOT_PROVIDED)


def broken(found: Sequence[operations.base.Operation]) -> list[str]:
    new_tables = {each.name.lower() for each in found if isinstance(each, operations.CreateModel)}
    return [each.describe() for each in found if breaks_the_old(each, new_tables)]


def test_the_version_before_goes_on() -> None:
    later = {f"{app}.{number:04}": found for app, number, found in of_ours() if number > FIRST_VERSION[app]}
    assert {name: broken(found) for name, found in later.items() if name not in NOBODY_NEEDS and broken(found)} == {}


def test_what_would_break_it_is_seen() -> None:
    """In those of the first version there is some of it, and turns are as they should be."""
    every = {(app, number): broken(found) for app, number, found in of_ours()}
    assert every["transcriptions", 15] != []
    assert every["transcriptions", 21] == []
