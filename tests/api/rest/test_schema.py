"""Everything that the document allows, and much that it does not, asked of the running site: no failure of the server,
nothing that the document does not say."""

import os
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from pytest_django import Settings
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok

from accounts.models import ApiToken, User
from tests.api.conftest import token_of
from tests.web import rows

# What a schema cannot say, as that a file is a recording, is refused by a code of its own: of these none is "invalid".
CHECKS = {
    "positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 412, 413, 422, 428, 429, 503, 507]},
    "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 412, 413, 415, 422, 428, 429]},
}
CASES = int(os.environ.get("SCHEMA_CASES", "1"))  # of each operation


@pytest.fixture
def _unlimited(settings: Settings) -> None:
    settings.API_REQUESTS_PER_TOKEN = settings.API_REQUESTS_PER_ADDRESS = 0


@pytest.mark.usefixtures("_unlimited")
def test_the_site_does_what_its_document_says(port: int, alice: User) -> None:
    rows.entry(alice, "Hello there.", "How are you?")
    site = f"http://127.0.0.1:{port}"
    headers = {"Host": "testserver", "Authorization": f"Bearer {token_of(alice, ApiToken.Scope.ADMIN)}"}
    document = httpx2.get(f"{site}/api/v1/openapi.json", headers=headers, timeout=60).json()
    assert document["openapi"] == "3.1.0"
    schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict({"checks": CHECKS}))
    asked, found = 0, dict[str, str]()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()

        @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        @given(case=operation.as_strategy(), wrong=operation.as_strategy(schemathesis.GenerationMode.NEGATIVE))
        def ask(case: schemathesis.Case[Any], wrong: schemathesis.Case[Any]) -> None:
            nonlocal asked
            for each in (case, wrong):
                asked += 1
                if "text/event-stream" not in str(each.operation.definition.raw):
                    try:
                        answer = each.call_and_validate(base_url=site, headers=headers)
                        assert each is wrong or answer.status_code != 422 or answer.json()["code"] != "invalid_value"
                    except (FailureGroup, AssertionError) as failure:
                        found.setdefault(f"{each.method} {each.path}: {str(failure)[:300]}", str(failure))

        ask()
    print(f"{asked} requests")  # noqa: T201 - for who asks thousands, with -s
    assert not found, "\n\n".join(found.values())
    assert asked >= 2 * len(document["paths"])
