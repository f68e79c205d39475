"""What a rule's own policy cannot say at its level, two policies beside it say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    StackValidationArgs,
    StackValidationPolicy,
)

from ftops_policies import EnvironmentSettings, Resource, RuleSetting, Settings
from ftops_policies.pack import Door
from ftops_policies.resource import ACCOUNT
from ftops_policies.rule import ENVIRONMENT, Registry

NOW = datetime(2026, 11, 20, tzinfo=UTC)
URN = "urn:pulumi:dev::ftops::azure-native:cognitiveservices:Account::lab"
OPTIONS = PolicyResourceOptions(
    protect=False,
    ignore_changes=[],
    delete_before_replace=None,
    aliases=[],
    custom_timeouts=PolicyCustomTimeouts(0, 0, 0),
    additional_secret_outputs=[],
    parent=None,
)


def mild(account: Resource) -> Iterator[str]:
    """A rule that warns by itself."""
    yield f"{account.name} could be better."


def stern(resources: tuple[Resource, ...]) -> Iterator[str]:
    """A rule that blocks by itself."""
    yield f"{len(resources)} must be better."


def broken(account: Resource) -> Iterator[str]:
    """A rule with a mistake in it."""
    raise LookupError(account.name)


@pytest.fixture
def registry() -> Registry:
    registry = Registry()
    note = {"remedy": "Mend it.", "references": ("https://example.org",)}
    registry.rule("mild", severity="warn", applies_to=ACCOUNT, **note)(mild)  # type: ignore[arg-type] # one mapping of two types
    registry.rule("stern", severity="block", applies_to=ENVIRONMENT, **note)(stern)  # type: ignore[arg-type] # one mapping of two types
    registry.rule("broken", severity="warn", applies_to=ACCOUNT, **note)(broken)  # type: ignore[arg-type] # one mapping of two types
    return registry


def _stack() -> StackValidationArgs:
    account = PolicyResource(
        "azure-native:cognitiveservices:Account", {}, URN, "lab", OPTIONS, None, None, [], {}
    )
    return StackValidationArgs([account])


def _hear(heard: list[str], text: str, urn: str | None = None) -> None:
    assert urn in {None, URN}
    heard.append(text)


def _say(policies: list[Policy]) -> dict[str, list[str]]:
    """What each policy of a whole stack reports, by its name."""
    said: dict[str, list[str]] = {}
    for policy in policies:
        if isinstance(policy, StackValidationPolicy):
            policy.validate(_stack(), partial(_hear, said.setdefault(policy.name, [])))
    return said


def test_a_rule_that_crashes_blocks_though_it_would_only_warn(registry: Registry) -> None:
    policies = Door(Settings(EnvironmentSettings("x"), {}), registry.rules(), NOW).policies()
    levels = {policy.name: policy.enforcement_level for policy in policies}

    assert levels["ftops-block"] is EnforcementLevel.MANDATORY
    assert _say(policies) == {
        "stern": ["1 must be better."],
        "ftops-block": ["rule-crashed: The rule broken raised LookupError: lab"],
        "ftops-advice": [],
    }


def test_a_severity_of_the_environment_moves_a_finding_to_the_other_level(
    registry: Registry,
) -> None:
    changed = {"mild": RuleSetting("block"), "stern": RuleSetting("info")}
    settings = Settings(EnvironmentSettings("x", rules=changed), {})
    rules = [rule for rule in registry.rules() if rule.id != "broken"]

    assert _say(Door(settings, tuple(rules), NOW).policies()) == {
        "stern": [],
        "ftops-block": ["mild: lab could be better."],
        "ftops-advice": ["stern: 1 must be better."],
    }
