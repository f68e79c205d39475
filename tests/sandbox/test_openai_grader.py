"""Graders: each kind is taken, and one that makes no sense is refused with its place named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import openai
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

if TYPE_CHECKING:
    from tests.sandbox.conftest import Plane

Grader = dict[str, Any]
CHECK: Grader = {
    "type": "string_check",
    "name": "exact",
    "operation": "ilike",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
}
SIMILAR: Grader = {
    "type": "text_similarity",
    "name": "near",
    "evaluation_metric": "rouge_l",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
}
PYTHON: Grader = {
    "type": "python",
    "name": "code",
    "source": "def grade(sample: dict, item: dict) -> float:\n    return 1.0\n",
}
SCORE: Grader = {
    "type": "score_model",
    "name": "judge",
    "model": "gpt-4o-2024-08-06",
    "input": [{"role": "user", "content": "Score {{sample.output_text}}."}],
    "range": [0, 10],
    "sampling_params": {"temperature": 0},
}
LABEL: Grader = {
    "type": "label_model",
    "name": "sort",
    "model": "o3-mini",
    "input": [{"role": "user", "content": "Sort {{sample.output_text}}."}],
    "labels": ["good", "bad"],
    "passing_labels": ["good"],
}
MULTI: Grader = {
    "type": "multi",
    "name": "both",
    "graders": {"near": SIMILAR, "same": CHECK, "sorted": LABEL},
    "calculate_output": "0.5 * near + max(same, 0.25) / sqrt(4) - sorted ^ 2",
}
KNOWN = [CHECK, SIMILAR, PYTHON, SCORE, MULTI]


def _validate(client: openai.OpenAI, grader: Any) -> Any:
    return client.fine_tuning.alpha.graders.validate(grader=grader)


@pytest.mark.proves(
    "POST openai/fine_tuning/alpha/graders/validate",
    client="openai",
    differs="words of refusals are made up",
)
@pytest.mark.parametrize("style", ["azure", "v1"])
@pytest.mark.parametrize("grader", KNOWN, ids=lambda grader: str(grader["type"]))
def test_each_kind_of_grader_is_taken(style: str, grader: Grader, plane: Plane) -> None:
    client: openai.OpenAI = getattr(plane, style)
    given: Any = grader
    raw = client.fine_tuning.alpha.graders.with_raw_response.validate(grader=given)

    assert json.loads(raw.content) == {"grader": grader}


def test_the_one_grader_that_openais_client_puts_into_a_multi_grader_is_taken(
    plane: Plane,
) -> None:
    assert _validate(plane.v1, MULTI | {"graders": SIMILAR, "calculate_output": "near * 2"})


@pytest.mark.parametrize(
    ("grader", "words"),
    [
        (None, r"'grader' is missing"),
        ({}, r"'grader.type' is 'None', but must be one of string_check"),
        (CHECK | {"type": "magic"}, r"'grader.type' is 'magic'"),
        (LABEL, r"'grader.type' is 'label_model'"),
        (CHECK | {"name": ""}, r"'grader.name' is missing"),
        (CHECK | {"operation": "equals"}, r"'grader.operation' is 'equals'.*eq, ne, like"),
        (CHECK | {"reference": 3}, r"'grader.reference' is missing or is not a text"),
        (SIMILAR | {"evaluation_metric": "vibe"}, r"'grader.evaluation_metric' is 'vibe'"),
        (SIMILAR | {"input": None}, r"'grader.input' is missing"),
        (PYTHON | {"source": "def grade(:"}, r"'grader.source' is not Python on line 1"),
        (PYTHON | {"source": "def other(): ..."}, r"defines no function 'grade'"),
        (PYTHON | {"source": "#" * 300_000}, r"longer than 256 KB"),
        (SCORE | {"model": "gpt-4.1"}, r"'grader.model' is 'gpt-4.1', but must be one of gpt-4o"),
        (SCORE | {"input": []}, r"'grader.input' is missing"),
        (SCORE | {"input": [{"role": "king", "content": "x"}]}, r"'grader.input\[0\].role'"),
        (SCORE | {"input": [{"role": "user"}]}, r"'grader.input\[0\].content' is missing"),
        (SCORE | {"range": [1, 0]}, r"'grader.range' must be two numbers"),
        (MULTI | {"graders": {}}, r"'grader.graders' is missing"),
        (MULTI | {"graders": {"a": MULTI}}, r"'grader.graders.a.type' is 'multi'"),
        (
            MULTI | {"graders": {"near": SIMILAR | {"name": 1}}},
            r"'grader.graders.near.name' is missing",
        ),
        (
            MULTI | {"graders": {"x": LABEL | {"passing_labels": ["odd"]}}},
            r"'grader.graders.x.passing_labels' must be some",
        ),
        (MULTI | {"calculate_output": "near + far"}, r"names 'far', which is no grader"),
        (MULTI | {"calculate_output": "near; same"}, r"is not a formula"),
    ],
)
def test_a_grader_without_sense_is_refused_and_its_place_named(
    grader: Any, words: str, plane: Plane
) -> None:
    with pytest.raises(openai.BadRequestError, match=words) as refused:
        _validate(plane.v1, grader)

    assert refused.value.code == "invalidPayload"


def test_a_job_with_such_a_grader_is_refused_at_once(plane: Plane) -> None:
    rows = [
        {"messages": [{"role": "user", "content": f"Sum {n} and {n}."}], "answer": str(2 * n)}
        for n in range(12)
    ]
    file = plane.upload(rows)
    own: Any = {"grader": CHECK | {"operation": "equals"}}
    method: Any = {"type": "reinforcement", "reinforcement": own}
    wrong: dict[str, Any] = {"model": "o4-mini", "validation_file": file, "method": method}
    with pytest.raises(openai.BadRequestError, match=r"'method.reinforcement.grader.operation'"):
        plane.start(file, **wrong)
    with pytest.raises(openai.BadRequestError, match=r"'method.reinforcement.grader' is missing"):
        plane.start(file, **wrong | {"method": {"type": "reinforcement"}})

    assert list(plane.v1.fine_tuning.jobs.list()) == []


values = some.recursive(
    some.none() | some.booleans() | some.integers(-9, 9) | some.text(max_size=8),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(some.sampled_from([*SCORE, *MULTI, "source"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(grader=some.sampled_from(KNOWN), change=some.dictionaries(
    some.sampled_from(["type", *SCORE, *MULTI, "source", "range", "input"]), values, max_size=3
))  # fmt: skip
def test_any_grader_is_taken_or_refused(
    grader: Grader, change: dict[str, Any], plane: Plane
) -> None:
    where = f"{plane.endpoint}/openai/v1/fine_tuning/alpha/graders/validate"
    body, key = {"grader": grader | change}, {"api-key": plane.key}
    answer = httpx.post(where, json=body, headers=key, trust_env=False)

    assert answer.status_code in (200, 400), answer.text
    assert "grader" in answer.text
