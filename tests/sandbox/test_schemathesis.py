"""Requests that schemathesis draws from Azure's published specifications, in and out of bounds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from tests.sandbox import spec
from tests.sandbox.schemas import EXAMPLES, SAMPLED, SWAGGERS, bundled

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/fuzz"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/fuzz"
DEPLOYMENT = {
    "sku": {"name": "GlobalStandard", "capacity": 1},
    "properties": {
        "model": {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"},
    },
}
REAL = {
    "subscriptionId": SUBSCRIPTION,
    "resourceGroupName": "fuzz",
    "accountName": "fuzz",
    "deploymentName": "d",
    "deployment-id": "d",
    "location": "swedencentral",
    "resourceUri": ACCOUNT[1:],
    "scope": f"subscriptions/{SUBSCRIPTION}",
}
AUDIENCES = {"openai": "https://cognitiveservices.azure.com/.default"}


class Target:
    """An account whose every plane is asked, over plain http and signed in."""

    def __init__(self, sandbox: Sandbox, arm: httpx.Client) -> None:
        self._sandbox, self._arm = sandbox, arm
        self._wire = requests.Session()
        self._wire.trust_env = False

    def settle(self) -> None:
        """Makes what any example may have deleted."""
        if self._arm.get(f"{ACCOUNT}/deployments/d").is_success:
            return
        self._arm.put(GROUP, json={"location": "swedencentral"})
        body = {"location": "swedencentral", "kind": "OpenAI", "sku": {"name": "S0"}}
        self._arm.put(ACCOUNT, json={**body, "properties": {"customSubDomainName": "fuzz"}})
        self._sandbox.advance(seconds=5)
        self._arm.put(f"{ACCOUNT}/deployments/d", json=DEPLOYMENT)
        self._sandbox.advance(minutes=5)

    def headers(self, swagger: str) -> dict[str, str]:
        token = self._sandbox.token(AUDIENCES[p]) if (p := swagger[:6]) in AUDIENCES else ""
        return {"authorization": f"Bearer {token or self._sandbox.token()}"}

    def ask(self, case: Case[Any], swagger: str, headers: dict[str, str]) -> requests.Response:
        inside = "/_acct/fuzz/openai" if swagger.startswith("openai") else ""
        url = self._sandbox.http + inside
        given = case.as_transport_kwargs(base_url=url, headers=headers)
        return self._wire.request(**given, timeout=30)

    def close(self) -> None:
        self._wire.close()


@pytest.fixture(scope="module")
def target(alone: Sandbox) -> Iterator[Target]:
    """A sandbox whose log stays free of tracebacks, whatever it is asked."""
    with alone.arm() as arm:
        target = Target(alone, arm)
        yield target
        target.close()
    assert "Traceback" not in Path(alone.running.state, "sandbox.log").read_text(encoding="utf-8")


def _fault(answer: requests.Response) -> str:
    """What is wrong with an answer; nothing where Azure might have given it."""
    if answer.status_code >= 500:
        return "the sandbox broke"
    if answer.ok or answer.request.method == "HEAD":
        return ""
    try:
        said: Any = answer.json()
    except ValueError:
        return "a refusal that is no JSON"
    said = said.get("error") or said if isinstance(said, dict) else {}
    return "" if said.get("message") and "code" in said else "a refusal without code and message"


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("swagger", SWAGGERS)
def test_no_request_that_a_specification_can_spell_breaks_an_answer(
    swagger: str, mode: GenerationMode, target: Target
) -> None:
    if not (spec.SPECS / swagger).exists():
        pytest.skip(spec.ABSENT)
    schema = schemathesis.openapi.from_dict(bundled(swagger, REAL))
    headers = target.headers(swagger)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found

        @settings(
            max_examples=EXAMPLES,
            derandomize=SAMPLED,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=found.ok().as_strategy(generation_mode=mode))
        def ask(case: Case[Any]) -> None:
            target.settle()
            answer = target.ask(case, swagger, headers)
            assert not _fault(answer), (_fault(answer), case.as_curl_command(), answer.text)

        ask()
