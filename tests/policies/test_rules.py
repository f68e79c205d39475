"""Every rule keeps its word: its examples hold, break, or are not known, as they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ftops_catalog import read_catalog
from ftops_policies import EnvironmentSettings, Finding, Resource, Rule, judge, read_rules

EXAMPLES = Path(__file__).parent / "examples"
RULES = Path(__file__).parents[2] / "policies/ftops_policies/rules"


def test_an_example_comes_out_as_it_says(
    example: dict[str, Any],
    now: datetime,
    resources_of: Callable[..., list[Resource]],
    environment_of: Callable[..., EnvironmentSettings],
) -> None:
    environment = environment_of(example.get("settings"))
    found = judge(
        resources_of(example["resources"]), environment, example.get("now", now), rules=RULEBOOK
    )
    said = [finding for finding in found if finding.rule == example["rule"]]

    assert not [finding for finding in found if finding.rule == "rule-crashed"]
    if example["outcome"] == "holds":
        assert said == []
    else:
        assert [finding for finding in said if _fits(finding, example)], said


def _fits(finding: Finding, example: dict[str, Any]) -> bool:
    state = "broken" if example["outcome"] == "breaks" else "unknown"
    severity = example.get("severity", "block")
    here = finding.state == state and finding.severity == severity
    return here and example["says"] in finding.message


RULEBOOK = read_rules()


@pytest.mark.parametrize("rule", RULEBOOK, ids=lambda rule: rule.id)
def test_a_rule_has_examples_of_both_kinds_and_its_own_file(
    rule: Rule, examples_of: Callable[[Path], dict[str, Any]]
) -> None:
    examples = examples_of(EXAMPLES / f"{rule.id}.yaml")

    assert examples["holds"]
    assert examples["breaks"]
    assert (RULES / f"{rule.id.replace('-', '_')}.py").exists()


@pytest.mark.parametrize("rule", RULEBOOK, ids=lambda rule: rule.id)
def test_a_rule_tells_what_why_and_what_to_do(rule: Rule) -> None:
    assert rule.title.endswith(".")
    assert len(rule.rationale) > 80
    assert rule.remedy
    assert any(reference.startswith("https://") for reference in rule.references)


def test_the_first_eight_rules_are_there() -> None:
    assert {
        "capacity-is-bounded",
        "hosting-is-within-budget",
        "key-access-is-off",
        "model-is-not-retired",
        "public-network-is-off",
        "region-supports-the-model",
        "tags-are-complete",
        "tuned-deployment-has-a-time-to-live",
    } <= {rule.id for rule in RULEBOOK}


def test_an_azure_policy_that_a_rule_names_is_in_the_catalog() -> None:
    known = {policy.id for policy in read_catalog().policies}
    named = {
        reference.removeprefix("Azure Policy ")
        for rule in RULEBOOK
        for reference in rule.references
        if reference.startswith("Azure Policy ")
    }

    assert named
    assert named <= known


def test_every_file_of_examples_belongs_to_a_rule() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == {rule.id for rule in RULEBOOK}
