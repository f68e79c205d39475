"""The estate: what ARM says, read generously, and what is meant by a scope."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.estate import (
    Account,
    Deployment,
    Scope,
    account_of,
    parse_account,
    parse_deployment,
    segment_after,
)

Make = Callable[..., Deployment]


@pytest.mark.parametrize(
    ("model", "tuned", "root"),
    [
        ("gpt-4.1-mini", False, "gpt-4.1-mini"),
        ("gpt-4.1-2025-04-14.ft-" + "a" * 32, True, "gpt-4.1-2025-04-14"),
        ("gpt-4.1-2025-04-14.ft-" + "a" * 32 + "-two", True, "gpt-4.1-2025-04-14"),
        ("gpt-4.1.ft-" + "a" * 32 + ".ft-" + "b" * 32, True, "gpt-4.1"),
        ("gpt-35-turbo-0613.ft-short", True, "gpt-35-turbo-0613"),
        ("ftchkpt-" + "a" * 32, True, None),
        ("", False, ""),
    ],
)
def test_a_models_id_tells_whether_it_is_tuned(
    make: Make, model: str, tuned: object, root: str | None
) -> None:
    found = make(model=model)

    assert (found.tuned, found.base_model) == (tuned, root)


def test_an_account_is_read_off_arms_json(account: Account) -> None:
    body = {
        "id": account.id,
        "name": "acct-dev",
        "kind": "OpenAI",
        "location": "Sweden Central",
        "properties": {"endpoint": "https://acct-dev.openai.azure.com/"},
    }

    found = parse_account(body)

    assert (found.name, found.resource_group, found.region) == (
        "acct-dev",
        "rg-dev",
        "swedencentral",
    )
    assert account_of(f"{account.id}/deployments/x").key == found.key


def test_an_environment_is_the_deployments_own_or_else_its_accounts(
    make: Make, account: Account
) -> None:
    inside = Account(account.id, "a", "g", "r", tags={"Environment": "staging"})

    assert make().environment is None
    assert make(account=inside).environment == "staging"
    assert make(account=inside, tags={"environment": "dev"}).environment == "dev"


def test_a_scope_is_compared_without_case(make: Make) -> None:
    found = make(tags={"environment": "Dev"})

    assert Scope().holds_deployment(found)
    assert Scope("ACCT-DEV", "RG-Dev", "dev").holds_deployment(found)
    assert not Scope(account="other").holds_deployment(found)
    assert not Scope(environment="prod").holds_deployment(found)


leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=6)
keys = st.sampled_from(
    ["id", "name", "sku", "capacity", "tags", "properties", "model", "systemData", "createdAt"]
)
bodies = st.dictionaries(
    keys,
    st.recursive(
        leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=6
    ),
)


@given(bodies)
def test_reading_a_deployment_never_fails_whatever_it_holds(body: dict[str, object]) -> None:
    found = parse_deployment(body, Account("/a", "a", "g", "r"))

    assert found.capacity is None or found.capacity == body["sku"]["capacity"]  # type: ignore[index]  # a capacity came from there
    assert isinstance(found.environment, str | None)
    parse_account(body)


@given(st.text(), st.text())
def test_a_segment_is_found_in_any_text(identity: str, word: str) -> None:
    assert segment_after(identity, word) in {"", *identity.split("/")}
