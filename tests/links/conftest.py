"""Fetching as a worker does, and a look-up that answers as a test wants."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from transcriptions import links
from transcriptions.links import connect

Names = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _patient_for_a_moment(settings: Settings) -> None:
    settings.LINK_TIMEOUT_MINUTES = 10 / 60


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """names("example.org", [answer], [next answer]): the hosts that were looked up, as they are."""

    def give(name: str, *answers: list[str]) -> list[str]:
        asked: list[str] = []

        def resolve(host: str, port: int) -> list[str]:
            asked.append(host)
            assert host == name
            return answers[min(len(asked), len(answers)) - 1]

        monkeypatch.setattr(connect, "resolve", resolve)
        return asked

    return give


def fetched(address: str) -> tuple[links.Fetched, bytes]:
    with links.fetch(links.understand(address)) as found:
        return found, b"".join(found.pieces)


def refused(address: str) -> str:
    """The code it is refused with."""
    with pytest.raises(links.LinkRefused) as refusal:
        fetched(address)
    return refusal.value.code
