"""Endless numbers, half characters, bottomless nesting: refused in shape, never a crash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
GROUP = f"{SUBSCRIPTION}/resourceGroups/wild"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/wild"
COGNITIVE = f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices"
MODEL = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
DEPLOYMENT = {"sku": {"name": "GlobalStandard", "capacity": 1}, "properties": {"model": MODEL}}
ME = {"role": "user", "content": "hello"}
# Where the value goes that no JSON should hold.
HERE = "<here>"
REFUSED = {
    "no number": b"NaN",
    "an endless number": b"-Infinity",
    "a number beyond a double": b"1e999",
    "a number of 400 digits": b"9" * 400,
    "a number of 5000 digits": b"9" * 5000,
    "half a character": b'"\\ud800"',
    "no UTF-8": b'"\xff\xfe"',
    "100000 levels": b"[" * 100_000 + b"]" * 100_000,
    "1000 levels": b'{"a":' * 1_000 + b"1" + b"}" * 1_000,
    "nothing": b"",
    "half a list": b"[1, ",
}
KEPT = {"a NUL": b'"\\u0000"', "the largest number": b"9223372036854775807"}
ARM = [
    ("PUT", GROUP, {"location": "eastus2", "tags": {"a": HERE}}),
    ("PUT", ACCOUNT, {"location": "eastus2", "kind": "OpenAI", "sku": HERE}),
    ("PATCH", ACCOUNT, {"properties": {"x": HERE}}),
    ("PUT", f"{ACCOUNT}/deployments/d", {**DEPLOYMENT, "sku": {"name": "S", "capacity": HERE}}),
    ("POST", f"{ACCOUNT}/regenerateKey", {"keyName": HERE}),
    ("POST", f"{COGNITIVE}/checkDomainAvailability", {"subdomainName": HERE, "type": HERE}),
    ("POST", f"{COGNITIVE}/calculateModelCapacity", {"model": HERE, "workloads": HERE}),
    ("POST", f"{SUBSCRIPTION}/providers/Microsoft.CostManagement/query", {"dataset": HERE}),
    ("POST", "/providers/Microsoft.ResourceGraph/resources", {"query": "x", "options": HERE}),
    ("POST", f"{SUBSCRIPTION}/metrics:getBatch?metricnames=a", {"resourceids": HERE}),
]  # fmt: skip
DATA = [
    ("chat/completions", {"model": "d", "messages": [{"role": "user", "content": HERE}]}),
    ("chat/completions", {"model": "d", "messages": [ME], "temperature": HERE}),
    ("chat/completions", {"model": "d", "messages": [ME], "max_tokens": HERE, "n": HERE}),
    ("chat/completions", {"model": "d", "messages": [ME], "stop": HERE, "tools": HERE}),
    ("embeddings", {"model": "d", "input": HERE, "dimensions": HERE}),
    ("fine_tuning/jobs", {"model": "gpt-4.1-mini-2025-04-14", "training_file": HERE}),
    ("fine_tuning/jobs", {"model": "x", "training_file": "y", "method": HERE, "seed": HERE}),
]
DOOR = [
    ("clock", {"advance_seconds": HERE}),
    ("faults", {"match": "x", "status": 503, "delay_ms": HERE, "message": HERE}),
    ("world", {"accounts": [{"name": "wide", "deployments": [{"name": "d", "capacity": HERE}]}]}),
    ("traffic", {"deployment": HERE}),
    ("traffic", {"deployment": "wild/d", "rate": "1/h", "since": "1h", "seed": HERE}),
]


def _message(answer: httpx.Response) -> object:
    """What a refusal says: below `error` or, in Monitor, at the top."""
    said = answer.json()
    return (said.get("error") or said).get("message")


def _spelled(body: object, value: bytes) -> bytes:
    return json.dumps(body).encode().replace(f'"{HERE}"'.encode(), value)


@pytest.fixture(scope="module")
def arm(alone: Sandbox) -> Iterator[httpx.Client]:
    """An account with a deployment that answers; the log stays free of tracebacks."""
    with alone.arm() as client:
        client.put(GROUP, json={"location": "eastus2"})
        account = {"location": "eastus2", "kind": "OpenAI", "sku": {"name": "S0"}}
        client.put(ACCOUNT, json={**account, "properties": {"customSubDomainName": "wild"}})
        alone.advance(minutes=1)
        assert client.put(f"{ACCOUNT}/deployments/d", json=DEPLOYMENT).status_code == 201
        alone.advance(minutes=10)
        yield client
    assert "Traceback" not in Path(alone.running.state, "sandbox.log").read_text(encoding="utf-8")


@pytest.fixture
def data(alone: Sandbox, arm: httpx.Client) -> Iterator[httpx.Client]:
    """The account's data plane, by key."""
    key = arm.post(f"{ACCOUNT}/listKeys").json()["key1"]
    base = f"{alone.http}/_acct/wild/openai/v1/"
    with httpx.Client(base_url=base, headers={"api-key": key}, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("value", REFUSED.values(), ids=list(REFUSED))
def test_json_that_cannot_be_kept_is_a_bad_request_on_every_plane(
    arm: httpx.Client, data: httpx.Client, alone: Sandbox, value: bytes
) -> None:
    answers = [arm.request(how, path, content=_spelled(body, value)) for how, path, body in ARM]
    answers += [data.post(path, content=_spelled(body, value)) for path, body in DATA]
    answers += [
        alone.plain.post(f"/_sandbox/{door}", content=_spelled(body, value)) for door, body in DOOR
    ]

    for answer in answers:
        assert answer.status_code == 400, (answer.request.url, answer.text)
        assert _message(answer), answer.request.url


@pytest.mark.parametrize("value", KEPT.values(), ids=list(KEPT))
def test_json_at_the_edge_is_answered_or_refused_in_shape(
    arm: httpx.Client, data: httpx.Client, value: bytes
) -> None:
    answers = [arm.request(how, path, content=_spelled(body, value)) for how, path, body in ARM]
    answers += [data.post(path, content=_spelled(body, value)) for path, body in DATA]

    for answer in answers:
        assert answer.status_code < 500, (answer.request.url, answer.text)
        assert answer.is_success or _message(answer), answer.request.url
    assert arm.get(GROUP).status_code == 200
