"""docs/policies.md is what the rules say of themselves."""

from __future__ import annotations

from pathlib import Path

from ftops_policies import read_rules
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
