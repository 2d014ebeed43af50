"""All checks at once, each within its time, kept for a few seconds."""

import threading
import time

import pytest

from transcriptions import health
from transcriptions.health import Finding, State
from transcriptions.health.values import good


def test_a_check_that_hangs_is_told_and_not_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = [], threading.Event()

    def hanging() -> Finding:
        begun.append(True)
        go_on.wait(10)
        return good("at last")

    monkeypatch.setattr(health, "CHECKS", {"slow": hanging, "quick": lambda: good("here")})
    monkeypatch.setattr(health, "LIMIT_SECONDS", 0.2)
    started = time.monotonic()
    for _ in range(2):
        found = health.look()
        assert found["quick"] == good("here")
        assert (found["slow"].state, str(found["slow"].said)[:10]) == (State.BAD, "No answer ")
    assert time.monotonic() - started < 2
    assert begun == [True]
    go_on.set()
    time.sleep(0.1)
    assert health.look()["slow"] == good("at last")


def test_what_was_found_counts_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def counting() -> Finding:
        asked.append(True)
        return good("well")

    monkeypatch.setattr(health, "CHECKS", {"one": counting})
    health.look()
    health.look()
    assert len(asked) == 1
    monkeypatch.setattr(health, "KEPT_SECONDS", 0.0)
    health.look()
    assert len(asked) == 2


def test_what_nobody_foresaw_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECKS", {"odd": lambda: 1 / 0})
    found = health.look()
    assert str(found["odd"].said) == "ZeroDivisionError: division by zero"
    assert health.worst(found) == State.BAD
