"""Published paths by any method with any words, and bytes that are no request: Azure's errors."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.conftest import Sandbox
from tests.sandbox import spec
from tests.sandbox.schemas import SAMPLED, SWAGGERS

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/fuzz"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/fuzz"
few: Final = settings(
    max_examples=100,
    derandomize=SAMPLED,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PATHS = [path for each in SWAGGERS for path in spec.paths(each)]
REAL = ["fuzz", "swedencentral", SUBSCRIPTION, ACCOUNT[1:], "gpt-4.1-mini", "Succeeded"]
WORDS = some.sampled_from([*REAL, "", "..", "%2f", "\u00e9", "'", "a" * 300, "0", "-1", "null"])
NAMES = some.sampled_from(
    [
        "properties", "sku", "name", "capacity", "model", "format", "version", "location", "kind",
        "tags", "identity", "type", "id", "value", "messages", "role", "content", "n", "stream",
        "tools", "max_tokens", "training_file", "hyperparameters", "method", "resourceids", "query",
        "options", "dataset", "timeframe", "timePeriod", "granularity", "aggregation", "grouping",
        "filter", "subscriptions", "keyName", "restore", "restrictions", "contentFilters",
    ]
)  # fmt: skip
PLAIN = some.none() | some.booleans() | some.integers() | some.floats() | WORDS
VALUES = some.recursive(
    PLAIN,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
QUERY = some.dictionaries(
    some.sampled_from(["$filter", "$top", "$skiptoken", "timespan", "metricnames", "interval"]),
    WORDS,
    max_size=3,
)


@dataclass(frozen=True)
class Wild:
    """A request to a published path: what fills it, and what goes with it."""

    method: str
    path: str
    params: dict[str, str]
    body: Any


@some.composite
def wild_requests(draw: some.DrawFn) -> Wild:
    """Any method, any words in the places of a published path, any query and body."""
    path = re.sub(
        r"\{[^}]+\}", lambda _: quote(draw(WORDS), safe="/%"), draw(some.sampled_from(PATHS))
    )
    version = draw(some.sampled_from(["2025-06-01", "2024-10-21", "2024-02-01", "x", None]))
    params = {**draw(QUERY), **({"api-version": version} if version else {})}
    method = draw(some.sampled_from(["GET", "PUT", "PATCH", "POST", "DELETE"]))
    return Wild(method, path, params, draw(some.none() | VALUES | some.binary(max_size=30)))


def _settle(arm: httpx.Client) -> None:
    """Makes the group and the account, which any example may have deleted."""
    version = {"api-version": "2025-06-01"}
    if arm.get(ACCOUNT, params=version).is_success:
        return
    arm.put(GROUP, params=version, json={"location": "swedencentral"})
    body = {"location": "swedencentral", "kind": "OpenAI", "sku": {"name": "S0"},
            "properties": {"customSubDomainName": "fuzz"}}  # fmt: skip
    arm.put(ACCOUNT, params=version, json=body)


@pytest.fixture(scope="module")
def arm(alone: Sandbox) -> Iterator[httpx.Client]:
    """A signed-in client of a sandbox whose log must stay free of tracebacks."""
    with alone.arm(None) as client:
        yield client
    log = Path(alone.running.state) / "sandbox.log"
    assert "Traceback" not in log.read_text(encoding="utf-8")


def _has_azures_shape(answer: httpx.Response) -> bool:
    """Whether a refusal is an object with a message, below `error` or, in Monitor, at the top."""
    if answer.is_success or answer.request.method == "HEAD":
        return answer.status_code < 300
    said = answer.json()
    return bool((said.get("error") or said).get("message"))


@pytest.mark.skipif(not PATHS, reason=spec.ABSENT)
@few
@given(asked=wild_requests())
def test_a_published_path_with_any_values_is_answered_or_refused_in_shape(
    asked: Wild, arm: httpx.Client, alone: Sandbox
) -> None:
    _settle(arm)
    body = asked.body
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    where = asked.path
    if not where.startswith(("/subscriptions", "/providers")) and "/providers/" not in where:
        where = f"https://fuzz.openai.azure.com/openai{where}"
        token = alone.token("https://cognitiveservices.azure.com/.default")
        headers["authorization"] = f"Bearer {token}"

    answer = arm.request(asked.method, where, params=asked.params, content=content, headers=headers)

    assert answer.status_code < 500, answer.text
    assert _has_azures_shape(answer), (answer.status_code, answer.text)


@few
@given(sent=some.binary(min_size=1, max_size=80), end=some.sampled_from([b"", b"\r\n\r\n"]))
@pytest.mark.parametrize("door", ["http", "proxy"])
def test_any_bytes_are_refused_or_left_unanswered(
    door: str, sent: bytes, end: bytes, alone: Sandbox, arm: httpx.Client
) -> None:
    port = urlsplit(getattr(alone.running, door)).port
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(sent + end)
        line.shutdown(socket.SHUT_WR)
        heard = line.recv(4096)

    assert not heard.startswith(b"HTTP/1.1 5"), heard
    assert not heard or b" 4" in heard.partition(b"\r\n")[0], heard
    assert arm.get("/tenants", params={"api-version": "2022-12-01"}).status_code == 200
