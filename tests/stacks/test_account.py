"""What an account and its deployments are made of, decided without an engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftops.declared.account import Account
from ftops.environment import read_environment

ROOT = Path(__file__).parents[2]
MINE = "22222222-2222-2222-2222-222222222222"
YOURS = "33333333-3333-3333-3333-333333333333"


@pytest.fixture(scope="module")
def account() -> Account:
    return read_environment("dev", ROOT).accounts[0]


def test_an_endpoint_of_the_same_name_differs_between_subscriptions(account: Account) -> None:
    from ftops.declared.account import sub_domain

    assert sub_domain(account, MINE) != sub_domain(account, YOURS)
    assert sub_domain(account, MINE) == sub_domain(account, MINE.upper())


def test_the_longest_name_leaves_room_for_its_salt(account: Account) -> None:
    from ftops.declared.account import sub_domain

    longest = sub_domain(account.model_copy(update={"name": "a" * 57}), MINE)

    assert len(longest) == 64


def test_a_stated_sub_domain_stands(account: Account) -> None:
    from ftops.declared.account import sub_domain

    assert sub_domain(account.model_copy(update={"sub_domain": "mine"}), MINE) == "mine"


@pytest.mark.parametrize("access", ["Enabled", "Disabled"])
def test_properties_say_what_the_stack_file_says(account: Account, access: str) -> None:
    from ftops_stacks.account import account_properties

    keys = {"public_network_access": access, "disable_local_auth": access != "Enabled"}
    changed = account.model_copy(update=keys)

    assert account_properties(changed) == {
        "public_network_access": access,
        "disable_local_auth": access == "Disabled",
        "restrict_outbound_network_access": True,
    }


def test_the_upgrade_option_is_always_stated(account: Account) -> None:
    from ftops_stacks.deployment import deployment_properties

    for deployment in account.deployments:
        assert deployment_properties(deployment)["version_upgrade_option"] == "NoAutoUpgrade"
