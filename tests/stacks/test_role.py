"""Who gets which role where: duties, their roles, their scopes and their names."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from ftops.assignment import assignments, custom_duties
from ftops.declared.identity import DUTIES as WORDS
from ftops.duty import DUTIES, WATCHER
from ftops_catalog.catalog import read_catalog
from ftops_policies.resource import UNKNOWN

if TYPE_CHECKING:
    from tests.stacks.conftest import Declare

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ftops-test"
SOMEBODY = "99999999-9999-9999-9999-999999999999"
STACK = """
  ftops:identities: [{name: id-app}]
  ftops:roleAssignments:
    - {role: %s, identity: id-app}
    - {role: caller, principalId: 99999999-9999-9999-9999-999999999999, account: two}
    - {role: caller, principalId: 99999999-9999-9999-9999-999999999999, account: two}
  ftops:accounts: [{name: one}, {name: two, location: northcentralus}]
"""


def test_every_duty_that_a_stack_file_knows_has_a_role_that_the_catalog_knows() -> None:
    builtin = {role.name for role in read_catalog().roles}

    assert set(DUTIES) == set(WORDS)
    for duty in DUTIES.values():
        assert duty.builtin in builtin or duty.actions, f"{duty.name} may do nothing"


def test_no_duty_may_give_roles_read_keys_or_touch_accounts() -> None:
    for duty in (*DUTIES.values(), WATCHER):
        for action in duty.actions:
            assert not action.startswith("Microsoft.Authorization"), duty.name
            assert "listkeys" not in action.casefold(), duty.name
            assert action not in {"*", "Microsoft.CognitiveServices/*"}, duty.name
            assert not action.casefold().endswith(("accounts/write", "accounts/delete")), duty.name


@pytest.mark.parametrize(
    ("role", "scopes", "own"),
    [
        ("caller", ["one", "two"], False),
        ("trainer", ["one", "two"], True),
        ("deployer", ["one", "two"], True),
        ("sweeper", [""], True),
        ("reader", [""], False),
        ("Cognitive Services User", ["one", "two"], False),
    ],
)
def test_a_duty_holds_at_its_accounts_or_at_the_group(
    declare: Declare, role: str, scopes: list[str], *, own: bool
) -> None:
    made = declare(STACK % role)
    held = [each for each in assignments(made.environment) if each.identity]
    watches = [WATCHER.name] if role in DUTIES and DUTIES[role].watches else []
    roles = [*([role] if own else []), *watches]

    assert [each.account for each in held if not each.of_subscription] == scopes
    assert [each.name for each in custom_duties(made.environment)] == roles
    assert made.count("roleDefinitions") == len(roles)
    every = len(scopes) + len(watches) + 1
    assert made.count("roleAssignments") == every, "what is said twice is made once"


def test_an_assignment_is_known_but_for_a_principal_that_is_yet_to_be_made(
    declare: Declare,
) -> None:
    made = declare(STACK % "sweeper")
    roles = [each for each in made.resources if each.type.endswith("/roleDefinitions")]
    role = next(each for each in roles if each.at("properties.assignableScopes") == [GROUP])
    held = {each.id.rpartition("/providers/")[0]: each for each in made.resources if _is(each.type)}
    sweeper = held[GROUP]

    assert sweeper.body["properties"]["principalId"] is UNKNOWN
    assert sweeper.at("properties.principalType") == "ServicePrincipal"
    assert sweeper.at("properties.roleDefinitionId").endswith(f"/roleDefinitions/{role.name}")
    assert held[f"/subscriptions/{SUBSCRIPTION}"].at("properties.roleDefinitionId") != role.name
    assert role.at("properties.permissions.0.dataActions") == []
    other = next(each for scope, each in held.items() if "/accounts/" in scope)
    assert other.at("properties.principalId") == SOMEBODY
    assert other.at("properties.principalType") == "Group"
    assert made.world.before("id-app", "rg-ftops-test/sweeper/id-app")
    assert made.world.before("sweeper role", "rg-ftops-test/sweeper/id-app")


def _is(kind: str) -> bool:
    return kind.endswith("/roleAssignments")


def test_names_are_the_same_on_every_run_and_no_two_are_alike(declare: Declare) -> None:
    first, second = declare(STACK % "trainer"), declare(STACK % "trainer")
    names = [each.name for each in first.resources if "Authorization" in each.type]

    assert names == [each.name for each in second.resources if "Authorization" in each.type]
    assert len({UUID(name) for name in names}) == len(names) == 4


def test_a_name_that_stands_for_several_regions_is_all_of_them(declare: Declare) -> None:
    lines = """
  ftops:roleAssignments:
    - {role: caller, principalId: 99999999-9999-9999-9999-999999999999, account: oai}
  ftops:accounts: [{name: oai, locations: [swedencentral, northcentralus]}, {name: other}]
"""
    made = declare(lines)

    assert [each.account for each in assignments(made.environment)] == [
        "oai-swedencentral",
        "oai-northcentralus",
    ]
    assert [each.name for each in made.environment.accounts_called("OTHER")] == ["other"]


def test_a_role_assignment_is_at_the_line_that_says_so(declare: Declare) -> None:
    made = declare(STACK % "caller")
    entries = made.environment.role_assignments
    lines = {each.line for each in made.resources if _is(each.type)}

    assert len(lines) == 2
    assert lines < {each.place.line for each in entries}
