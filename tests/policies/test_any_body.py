"""No body makes a rule raise, however odd, and the order of resources changes nothing."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops_policies import (
    UNKNOWN,
    EnvironmentSettings,
    Finding,
    Resource,
    RuleSetting,
    judge,
    read_rules,
)
from ftops_policies.resource import ACCOUNT
from ftops_policies.rule import ENVIRONMENT

NOW: Final = datetime(2026, 11, 21, tzinfo=UTC)
PLAIN: Final = EnvironmentSettings("dev")
RULEBOOK: Final = read_rules()
STRICT: Final = EnvironmentSettings(
    "prod",
    rules={
        rule.id: RuleSetting(parameters=dict.fromkeys(asked, True))
        for rule in RULEBOOK
        if (asked := [name for name in rule.parameters if name.endswith("_required")])
    },
)
"""An environment that asks for everything that an environment can ask for."""
ODD: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    10**400,
    1.5,
    math.nan,
    math.inf,
    "",
    "x",
    "\x00/\x00",
    [],
    [None],
    [UNKNOWN],
    {},
    {"0": {"": []}},
    UNKNOWN,
)
TYPES: Final = sorted({each for rule in RULEBOOK for each in rule.applies_to} - {ENVIRONMENT})

WORDS: Final = """
name properties sku capacity tags location kind identity type encryption keySource model version
source format logs category enabled contentFilters severityThreshold permissions actions level
roleDefinitionId notifications threshold contactEmails amount timeGrain networkAcls ipRules value
defaultAction customBlocklists blocklistName description publicNetworkAccess raiPolicyName
training_file validation_file trainingType method supervised reinforcement hyperparameters n_epochs
ftops region estimate_usd budget_usd epochs lines environment card license source approved_by
environments sha256 problems personal_data secrets line rule message shape
approved-by approved-on eval-measure eval-examples eval-baseline eval-score expires-at managed-by
purge-on-destroy workflows file commands calls unreadable
"""

words = st.sampled_from(sorted(set(WORDS.split())))
bodies = st.dictionaries(
    words,
    st.recursive(
        st.sampled_from([value for value in ODD if not isinstance(value, list | dict)]),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=4),
        max_leaves=12,
    ),
)
accounts = st.builds(Resource, st.just(ACCOUNT), st.text(max_size=3), bodies)
resources = st.builds(
    Resource,
    st.sampled_from([*TYPES, *(f"{kind}/inner" for kind in TYPES)]),
    st.text(max_size=3),
    bodies,
    id=st.sampled_from(["", "/", "/subscriptions/s/providers/Microsoft.X/y/z"]),
    parent=st.one_of(st.none(), accounts),
    protect=st.sampled_from([None, False, True]),
    exists=st.booleans(),
    declared=st.sampled_from([None, False, True]),
)


def _crashes(found: list[Finding]) -> list[Finding]:
    return [each for each in found if each.rule == "rule-crashed"]


@given(st.lists(resources, max_size=5), st.randoms(use_true_random=False))
def test_any_resources_are_judged_by_every_rule_in_any_order(
    listed: list[Resource], chance: random.Random
) -> None:
    shuffled = list(listed)
    chance.shuffle(shuffled)
    for environment in (PLAIN, STRICT):
        found = judge(listed, environment, NOW)

        assert _crashes(found) == []
        assert judge(shuffled, environment, NOW) == found


@pytest.mark.parametrize("rule", RULEBOOK, ids=lambda rule: rule.id)
def test_an_example_with_one_odd_value_in_any_place_is_still_judged(
    rule: Any,
    examples_of: Callable[[Path], dict[str, Any]],
    resources_of: Callable[[list[Mapping[str, Any]]], list[Resource]],
    environment_of: Callable[..., EnvironmentSettings],
) -> None:
    examples = examples_of(Path(__file__).parent / f"examples/{rule.id}.yaml")
    for case in (case for cases in examples.values() for case in cases):
        environment = environment_of(case.get("settings"))
        for rows in _each_odd(case["resources"][:12]):
            found = judge(resources_of(rows), environment, NOW, rules=[rule])
            assert _crashes(found) == [], rows


def _each_odd(rows: list[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    for index, row in enumerate(rows):
        for body in _one_odd(row["body"]):
            if isinstance(body, Mapping):
                yield [*rows[:index], {**row, "body": body}, *rows[index + 1 :]]


def _one_odd(value: Any) -> Iterator[Any]:
    """The value with each of its parts replaced by each odd one, and itself by each."""
    yield from ODD
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from ({**value, key: odd} for odd in _one_odd(part))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from ([*value[:place], odd, *value[place + 1 :]] for odd in _one_odd(part))
