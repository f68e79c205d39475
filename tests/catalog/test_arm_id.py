"""What an ARM id says of the place of a resource: in another, upon another, or in a group."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops_catalog.arm_id import above, label

GROUP = "/subscriptions/s/resourceGroups/rg"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/oai"
ITEM = f"{ACCOUNT}/raiBlocklists/words/raiBlocklistItems/one"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net/subnets/ai"
ASSIGNMENT = "providers/Microsoft.Authorization/roleAssignments/ra"


@pytest.mark.parametrize(
    ("arm_id", "upper", "name"),
    [
        (GROUP, "", "rg"),
        (ACCOUNT, "", "oai"),
        (f"{ACCOUNT}/deployments/base", ACCOUNT, "oai/base"),
        (ITEM, f"{ACCOUNT}/raiBlocklists/words", "oai/words/one"),
        (SUBNET, SUBNET.removesuffix("/subnets/ai"), "net/ai"),
        (f"{ACCOUNT}/{ASSIGNMENT}", ACCOUNT, "oai/ra"),
        (f"{SUBNET}/{ASSIGNMENT}", SUBNET, "net/ai/ra"),
        (f"{GROUP}/{ASSIGNMENT}", "", "ra"),
        (f"/subscriptions/s/{ASSIGNMENT}", "", "ra"),
        (
            "/providers/Microsoft.Management/managementGroups/m/" + ASSIGNMENT,
            "/providers/Microsoft.Management/managementGroups/m",
            "m/ra",
        ),
    ],
)
def test_a_resource_is_labelled_by_what_it_lies_in_or_upon(
    arm_id: str, upper: str, name: str
) -> None:
    assert above(arm_id) == upper
    assert label(arm_id) == name


words = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True).filter(
    lambda word: word.casefold() not in {"providers", "subscriptions"}
)


@given(st.lists(st.lists(words, min_size=1, max_size=3), min_size=1, max_size=3))
def test_any_chain_of_resources_is_labelled_by_all_of_its_names(chain: list[list[str]]) -> None:
    arm_id = GROUP
    for names in chain:
        arm_id += "/providers/Some.Space" + "".join(f"/kind/{name}" for name in names)

    assert label(arm_id) == "/".join(name for names in chain for name in names)
