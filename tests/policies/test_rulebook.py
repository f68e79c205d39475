"""Judging is pure, total and in a stable order, whatever a resource holds."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops_catalog.errors import BadConfig
from ftops_policies import (
    UNKNOWN,
    EnvironmentSettings,
    Exclusion,
    Finding,
    Resource,
    RuleSetting,
    Settings,
    gate,
    judge,
    read_rules,
)
from ftops_policies.finding import milder
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, RESOURCE_GROUP
from ftops_policies.rule import ENVIRONMENT, ESTATE, Registry, Remark, unknown, warn

NOW = datetime(2026, 11, 21, tzinfo=UTC)
PLAIN = EnvironmentSettings("dev")
REFERENCES = ("https://example.org",)

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["gpt-4.1.ft-x", "GlobalStandard", "2026-11-22T00:00:00Z", "swedencentral"]),
    st.just(UNKNOWN),
)
keys = st.sampled_from(
    ["sku", "name", "capacity", "tags", "owner", "expires-at", "location", "properties", "model"]
)
bodies = st.dictionaries(
    keys,
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner),
        max_leaves=9,
    ),
)
types = st.sampled_from([ACCOUNT, DEPLOYMENT, RESOURCE_GROUP, "Other/things"])
accounts = st.builds(Resource, st.just(ACCOUNT), st.text(max_size=3), bodies)
resources = st.builds(
    Resource, types, st.text(max_size=3), bodies, parent=st.one_of(st.none(), accounts)
)


def _rules(*checks: Callable[..., Any], applies_to: str = ACCOUNT) -> Registry:
    registry = Registry()
    for check in checks:
        registry.rule(
            check.__name__.replace("_", "-"),
            severity="block",
            applies_to=applies_to,
            remedy="",
            references=REFERENCES,
        )(check)
    return registry


def _account(name: str = "lab", **body: Any) -> Resource:
    return Resource(ACCOUNT, name, body, file="stacks/Pulumi.dev.yaml", line=7)


def says_no(account: Resource) -> Iterator[str]:
    """Nothing holds."""
    yield f"{account.name} is wrong."


def raises(account: Resource) -> Iterator[str]:
    """A mistake of the rule's author."""
    yield f"{account.name} was seen."
    raise ZeroDivisionError("nothing to divide by")


@given(st.lists(resources, max_size=4), st.randoms(use_true_random=False))
def test_no_resource_makes_a_rule_raise_and_order_changes_nothing(
    listed: list[Resource], chance: random.Random
) -> None:
    found = judge(listed, PLAIN, NOW)
    shuffled = list(listed)
    chance.shuffle(shuffled)

    assert all(isinstance(finding, Finding) for finding in found)
    assert not [finding for finding in found if finding.rule == "rule-crashed"]
    assert judge(shuffled, PLAIN, NOW) == found


def test_a_value_that_is_not_known_is_never_a_pass_nor_a_breach(
    examples_of: Callable[[Path], dict[str, Any]],
    resources_of: Callable[[list[Mapping[str, Any]]], list[Resource]],
    environment_of: Callable[..., EnvironmentSettings],
) -> None:
    rules = {rule.id: rule for rule in read_rules()}
    for path in sorted((Path(__file__).parent / "examples").glob("*.yaml")):
        for case in examples_of(path)["holds"]:
            for rows in _each_unknown(case["resources"]):
                found = judge(
                    resources_of(rows),
                    environment_of(case.get("settings")),
                    case.get("now", NOW),
                    rules=[rules[path.stem]],
                )
                assert {finding.state for finding in found} <= {"unknown"}, (path.stem, rows)


def _each_unknown(rows: list[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    for index, row in enumerate(rows):
        for body in _one_unknown(row["body"]):
            yield [*rows[:index], {**row, "body": body}, *rows[index + 1 :]]


def _one_unknown(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for key, value in body.items():
        yield {**body, key: UNKNOWN}
        if isinstance(value, Mapping):
            for inner in _one_unknown(value):
                yield {**body, key: inner}


def test_a_rule_that_raises_is_a_finding_and_the_others_still_run() -> None:
    found = judge([_account()], PLAIN, NOW, rules=_rules(raises, says_no).rules())

    assert [(each.rule, each.severity) for each in found] == [
        ("raises", "block"),
        ("rule-crashed", "block"),
        ("says-no", "block"),
    ]
    assert found[1].message.startswith("The rule raises raised ZeroDivisionError")
    assert found[1].blocks


def test_a_finding_says_where_a_person_can_change_it() -> None:
    found = judge([_account()], PLAIN, NOW, rules=_rules(says_no).rules())

    assert found[0].as_json() == {
        "rule": "says-no",
        "severity": "block",
        "state": "broken",
        "resource": "lab",
        "file": "stacks/Pulumi.dev.yaml",
        "line": 7,
        "message": "lab is wrong.",
        "waiver": None,
    }


def test_a_remark_is_never_more_severe_than_its_rule() -> None:
    def remarks(resources: tuple[Resource, ...]) -> Iterator[Remark]:
        """Three ways to speak."""
        yield warn("soft")
        yield unknown("dark", about=resources[0])
        yield Remark("hard", severity="block")

    rules = _rules(remarks, applies_to=ENVIRONMENT).rules()
    eased = EnvironmentSettings("dev", rules={"remarks": RuleSetting("info")})

    said = {each.message: each for each in judge([_account()], PLAIN, NOW, rules=rules)}
    softer = judge([_account()], eased, NOW, rules=rules)

    assert (said["soft"].severity, said["soft"].blocks) == ("warn", False)
    assert (said["dark"].state, said["dark"].blocks, said["dark"].resource) == (
        "unknown",
        False,
        "lab",
    )
    assert (said["hard"].blocks, said["hard"].resource, said["hard"].file) == (True, "", None)
    assert {each.severity for each in softer} == {"info"}
    assert milder("warn", "block") == "warn"


def test_settings_turn_a_rule_off_or_hide_a_resource_from_it() -> None:
    rules = _rules(says_no).rules()
    listed = [_account("lab"), _account("Yard")]
    off = EnvironmentSettings("dev", rules={"says-no": RuleSetting("off")})
    hidden = EnvironmentSettings(
        "dev", rules={"says-no": RuleSetting(exclude=(Exclusion("y*", "not ours"),))}
    )

    assert judge(listed, off, NOW, rules=rules) == []
    assert [each.resource for each in judge(listed, hidden, NOW, rules=rules)] == ["lab"]


def test_an_id_stands_for_one_rule() -> None:
    def rule_crashed(account: Resource) -> Iterator[str]:
        """Takes the engine's own id."""
        yield account.name

    with pytest.raises(BadConfig, match="Two rules are called says-no"):
        _rules(says_no, says_no)
    with pytest.raises(BadConfig, match="rule-crashed"):
        _rules(rule_crashed)


def test_an_id_and_its_function_have_one_name() -> None:
    register = Registry().rule(
        "says-yes", severity="warn", applies_to=ACCOUNT, remedy="", references=REFERENCES
    )

    with pytest.raises(AssertionError, match="says-yes is the function says_no"):
        register(says_no)


def test_a_parameter_has_a_type_and_a_default() -> None:
    def bare(account: Resource, *, limit) -> Iterator[str]:  # type: ignore[no-untyped-def] # noqa: ANN001 - the mistake
        yield f"{account.name} {limit}"

    def wrong(account: Resource, *, limit: int = "5") -> Iterator[str]:  # type: ignore[assignment] # the mistake
        yield f"{account.name} {limit}"

    for check in (bare, wrong):
        with pytest.raises(AssertionError, match="limit of the rule"):
            _rules(check)


def test_the_gate_speaks_of_the_new_deployment_and_counts_those_beside_it() -> None:
    account = Resource(ACCOUNT, "lab", {"location": "swedencentral"})
    settings = Settings(
        EnvironmentSettings("defaults", hosting_usd_per_hour_max=Decimal("1.70")), {}
    )
    first, second = (_tuned(account, name) for name in ("first", "second"))

    alone = gate(first, "dev", settings, NOW)
    both = gate(second, "dev", settings, NOW, existing=[account, first])
    again = gate(first, "dev", settings, NOW, existing=[first])

    assert {each.rule for each in alone} == {"tags-are-complete"}
    assert {(each.rule, each.resource) for each in both} == {
        ("tags-are-complete", "lab/second"),
        ("hosting-is-within-budget", ""),
    }
    assert again == alone


def test_the_gate_names_an_existing_deployment_without_a_known_price() -> None:
    account = Resource(ACCOUNT, "lab", {"location": "swedencentral"})
    settings = Settings(EnvironmentSettings("defaults"), {})
    odd = replace(
        _tuned(account, "odd"), body={**_tuned(account, "odd").body, "sku": {"name": "X"}}
    )

    found = gate(_tuned(account, "new"), "dev", settings, NOW, existing=[odd])

    assert ("hosting-is-within-budget", "unknown", "lab/odd") in {
        (each.rule, each.state, each.resource) for each in found
    }
    assert not [each for each in found if each.resource == "lab/odd" and each.state == "broken"]


def _tuned(account: Resource, name: str) -> Resource:
    body = {
        "tags": {"expires-at": "2026-11-22T00:00:00Z"},
        "sku": {"name": "GlobalStandard", "capacity": 10},
        "properties": {"model": {"format": "OpenAI", "name": f"gpt-4.1-2025-04-14.ft-{'0a' * 16}"}},
    }
    return Resource(DEPLOYMENT, name, body, parent=account)


def test_a_rule_on_what_exists_is_asked_of_nothing_else() -> None:
    registry = Registry()

    @registry.rule(
        "everything-is-wrong",
        severity="block",
        applies_to=(ESTATE, DEPLOYMENT),
        remedy="r",
        references=REFERENCES,
    )
    def everything_is_wrong(deployment: Resource) -> Iterator[str]:
        """Nothing holds."""
        yield f"{deployment.name} exists."

    declared = Resource(DEPLOYMENT, "declared", {})
    existing = Resource(DEPLOYMENT, "existing", {}, exists=True)
    found = judge([declared, existing], PLAIN, NOW, rules=registry.rules())

    assert [each.resource for each in found] == ["existing"]
