from collections.abc import Iterator

import pytest

from transcriptions import health


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """What one test found says nothing to the next."""
    health._asked.clear()
    yield
    health._asked.clear()
