"""Readiness of a tuned deployment: typed in the stack file, told by the tags that Azure keeps."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.declared.readiness import Readiness
from ftops.engine.listing import Foreseen, resources_of
from ftops.engine.program import run_program
from ftops.environment import parse_stack
from ftops.stack_file import StackFile, parse_stack_file
from ftops_catalog.arm import outputs
from ftops_catalog.arm_type import read_arm_types
from ftops_catalog.catalog import read_catalog
from ftops_catalog.errors import BadConfig
from ftops_policies.readiness import READINESS
from ftops_policies.resource import DEPLOYMENT, Resource

ROOT = Path(__file__).parents[2]
CATALOG = read_catalog()
SHA = "0f" * 32
STACK = f"""\
config:
  ftops:location: swedencentral
  ftops:tags:
    owner: ml-platform
  ftops:accounts:
    - name: oai-lane
      deployments:
        - name: base
          model: gpt-4.1-mini
          version: "2025-04-14"
          capacity: 10
        - name: support
          model: gpt-4.1-mini-2025-04-14.ft-11111111111111111111111111111111
          sku: Standard
          capacity: 10
          readiness:
            approvedBy: ana@contoso.com
            approvedOn: "2026-11-20"
            evaluation:
              measure: chrF
              heldOut: {SHA}
              examples: 40
              baseline: 0.31
              score: 0.42
"""


def _stack(text: str = STACK) -> StackFile:
    return parse_stack_file("lane", "stacks/Pulumi.lane.yaml", text)


def _deployments() -> dict[str, Resource]:
    stack = _stack()
    run = run_program(ROOT, stack, Foreseen("22222222-2222-2222-2222-222222222222"))
    listed = resources_of(run.declared, parse_stack(stack, CATALOG), "22222222")
    return {each.name: each for each in listed if each.is_a(DEPLOYMENT)}


def test_what_was_evaluated_is_in_the_tags_of_its_deployment_and_of_no_other() -> None:
    found = _deployments()

    assert {name: found["support"].tag(name) for name in READINESS} == {
        "approved-by": "ana@contoso.com",
        "approved-on": "2026-11-20",
        "eval-measure": "chrF",
        "eval-held-out": SHA,
        "eval-examples": "40",
        "eval-baseline": "0.31",
        "eval-score": "0.42",
    }
    assert found["support"].tag("owner") == "ml-platform"
    assert not [name for name in READINESS if found["base"].tag(name)]


def test_azure_s_answer_carries_the_tags_back_and_a_change_of_them_replaces_nothing() -> None:
    record = read_arm_types().type(DEPLOYMENT)
    body = {"name": "support", "tags": {"eval-score": "0.42"}, "properties": {}}

    assert outputs(record, body)["tags"] == {"eval-score": "0.42"}
    assert not [each for each in record.replaces if each.startswith("tags")]


def _problem(old: str, new: str) -> str:
    assert old in STACK
    with pytest.raises(BadConfig) as caught:
        parse_stack(_stack(STACK.replace(old, new)), CATALOG)
    return f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("score: 0.42", "score: better", "score is 'better' write a number such as 0.42"),
        ("score: 0.42", "score: true", "score is True write a number"),
        ("baseline: 0.31", "basline: 0.31", "Did you mean baseline?"),
        (SHA, "abc", "a sha256, 64 of 0-9 a-f"),
        ('"2026-11-20"', '"2026-11-31"', 'write a day in quotes: "2026-11-21"'),
        ("ana@contoso.com", '" "', "1 to 256 characters"),
        ("examples: 40", "examples: 0", "write a whole number, 1 or more"),
        ("owner: ml-platform", "Approved-By: me", "write it as `readiness` of the deployment"),
        (
            "capacity: 10\n        - name: support",
            "capacity: 10\n          tags: {approved-by: me}\n        - name: support",
            "write it as `readiness` of the deployment",
        ),
        (
            "capacity: 10\n        - name: support",
            "capacity: 10\n          readiness: {approvedBy: a}\n        - name: support",
            "readiness is for tuned models, and gpt-4.1-mini is none",
        ),
    ],
)
def test_what_is_no_evidence_is_refused_with_what_to_write(old: str, new: str, said: str) -> None:
    problem = _problem(old, new)

    assert said in problem
    assert "stacks/Pulumi.lane.yaml:" in problem


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**8), max_value=10**8, places=6
    )
)
def test_a_score_is_told_by_the_digits_that_were_written(score: Decimal) -> None:
    evaluation = {"measure": "m", "heldOut": SHA, "examples": 1, "score": f"{score:f}"}
    said = Readiness.model_validate(
        {"approvedBy": "ana", "approvedOn": "2026-11-20", "evaluation": evaluation}
    )

    assert Decimal(said.tags()["eval-score"]) == score
    assert all(len(value) <= 256 for value in said.tags().values())
