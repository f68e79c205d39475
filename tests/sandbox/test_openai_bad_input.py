"""Whatever is sent, the planes of data, metrics and prices answer or refuse; none breaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

if TYPE_CHECKING:
    from tests.sandbox.conftest import Plane

Post = Callable[[str, Any], httpx.Response]
few = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
words = some.text(max_size=30) | some.sampled_from(["'", "''", "((", " and ", "eq", "%", "P1D/"])
values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | words,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
GOOD = json.dumps(
    {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
)
message = some.fixed_dictionaries(
    {},
    optional={
        "role": some.sampled_from(["user", "assistant", "system", "tool", "king"]) | values,
        "content": values,
        "tool_calls": values,
        "weight": values,
    },
)


@pytest.fixture(scope="module")
def base(plane: Plane) -> str:
    """A deployment that has capacity for all of this."""
    return plane.deploy("base", "gpt-4.1-mini", capacity=400)


@pytest.fixture
def post(plane: Plane) -> Post:
    """Sends a body, as it is when it is bytes, to a path of the account."""

    def send(path: str, body: Any) -> httpx.Response:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"api-key": plane.key, "content-type": "application/json"}
        where = f"{plane.endpoint}/openai/v1/{path}"
        return httpx.post(where, content=data, headers=headers, trust_env=False, timeout=60)

    return send


@few
@given(messages=some.lists(message, max_size=3), more=some.dictionaries(words, values, max_size=2))
def test_any_chat_request_is_answered_or_refused(
    messages: list[Any], more: dict[str, Any], post: Post, base: str
) -> None:
    answer = post("chat/completions", {**more, "model": base, "messages": messages})

    assert answer.status_code in (200, 400, 429), answer.text
    assert answer.json().keys() & {"choices", "error"}


@few
@given(
    body=some.dictionaries(
        some.sampled_from(
            [
                "model",
                "training_file",
                "method",
                "suffix",
                "hyperparameters",
                "seed",
                "trainingType",
                "validation_file",
            ]
        ),
        values,
    )
)
def test_any_job_request_is_refused_in_shape(body: dict[str, Any], post: Post) -> None:
    answer = post("fine_tuning/jobs", body)

    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["message"]


@few
@given(body=some.binary(max_size=60))
def test_bytes_that_are_no_json_are_refused(body: bytes, post: Post) -> None:
    assert post("chat/completions", body).status_code in (400, 404)


def test_half_a_character_is_refused(post: Post, base: str) -> None:
    body = b'{"model": "%s", "messages": [{"role": "user", "content": "\\ud800"}]}' % base.encode()

    assert post("chat/completions", body).status_code == 400


@few
@given(line=some.lists(message, max_size=3).map(lambda m: json.dumps({"messages": m})) | words)
def test_a_job_on_any_line_ends(line: str, plane: Plane) -> None:
    clean = line.replace("\n", " ").encode("utf-8", "replace")
    file = plane.upload(b"\n".join([GOOD.encode()] * 11 + [clean]))
    job = plane.finish(plane.start(file).id)
    plane.v1.files.delete(file)
    plane.azure.delete(f"/fine_tuning/jobs/{job.id}", cast_to=object)

    assert job.status in ("succeeded", "failed")
    if job.status == "failed":
        assert job.error
        assert "Line 12" in job.error.message


@few
@given(
    query=some.dictionaries(
        some.sampled_from(["timespan", "interval", "aggregation", "$filter", "top", "orderby"]),
        words,
    )
)
def test_any_metrics_query_is_answered_or_refused(query: dict[str, str], plane: Plane) -> None:
    path = f"{plane.account}/providers/Microsoft.Insights/metrics"
    asked = {"metricnames": "ModelRequests", "api-version": "2024-02-01", **query}
    answer = plane.arm.get(path, params=asked)

    assert answer.status_code in (200, 400), answer.text


@few
@given(text=some.lists(words | some.just("skuName eq 'x'"), max_size=4).map(" ".join))
def test_any_price_filter_is_answered_or_refused(text: str, plane: Plane) -> None:
    answer = httpx.get(
        f"{plane.sandbox.http}/api/retail/prices", params={"$filter": text}, trust_env=False
    )

    assert answer.status_code in (200, 400), answer.text
