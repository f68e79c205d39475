"""docs/policies.md is what the rules say of themselves."""

from __future__ import annotations

from pathlib import Path

from ftops_catalog import read_catalog
from ftops_policies import read_rules
from ftops_policies.builtin import WITHOUT, counterparts
from ftops_policies.page import PAGE, render

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_rules_say() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == render(), "run `make docs`"


def test_the_page_has_every_rule_with_its_parameters() -> None:
    page = render()
    for rule in read_rules():
        section = page.partition(f"### {rule.id}\n")[2].partition("### ")[0]

        assert rule.remedy in section
        assert all(f"`{name}`" in section for name in rule.parameters)


def test_each_definition_of_azure_policy_has_a_rule_or_a_reason_for_none() -> None:
    named = counterparts(read_rules())
    ids = {policy.id for policy in read_catalog().policies}

    assert named.keys() | WITHOUT.keys() == ids
    assert not named.keys() & WITHOUT.keys()
    assert all(f"| `{each}` |" in render() for each in ids)
