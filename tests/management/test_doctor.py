"""`manage.py doctor`: it says what is wrong with anything broken, in a process of its own."""

import json
from pathlib import Path

import pytest

from tests.management.commands import manage, services_here

pytestmark = pytest.mark.django_db(transaction=True)


def test_without_postgres_and_redis_it_names_them_and_what_helps() -> None:
    said = manage("doctor")
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    assert "BAD  database: PostgreSQL does not answer: " in said.stdout
    assert "see whether DATABASE_URL leads to it" in said.stdout
    assert "BAD  redis: Redis does not answer: " in said.stdout
    assert "ok   ffmpeg: " in said.stdout


def test_with_a_wrong_model_folder_it_names_that(tmp_path: Path) -> None:
    said = manage("doctor", "--json", **{**services_here(), "WHISPER_MODEL_DIR": str(tmp_path)})
    found = json.loads(said.stdout)
    assert found["model"]["state"] == "bad"
    assert "manage.py fetch_model" in found["model"]["todo"]
    assert {found[name]["state"] for name in ("database", "migrations", "redis", "storage", "disk")} == {"good"}


def test_without_a_program_on_the_path_it_still_speaks(tmp_path: Path) -> None:
    said = manage("doctor", "--json", **services_here(), PATH=str(tmp_path))
    assert set(json.loads(said.stdout)) >= {"ffmpeg", "encoders", "gpu"}


def test_missing_migrations_are_counted() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM django_migrations WHERE app = 'transcriptions' ORDER BY id DESC LIMIT 1")
        (last,) = cursor.fetchone()
        cursor.execute("DELETE FROM django_migrations WHERE app = 'transcriptions' AND name = %s", [last])
    try:
        found = json.loads(manage("doctor", "--json", **services_here()).stdout)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('transcriptions', %s, now())", [last]
            )
    assert found["migrations"] == {
        "state": "bad",
        "said": f"1 migrations are missing, from transcriptions.{last} on.",
        "todo": "Run `manage.py migrate`.",
    }
