"""Whether an account refuses keys."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import ACCOUNT, Resource
from ftops_policies.rule import rule


@rule(
    "key-access-is-off",
    severity="block",
    applies_to=ACCOUNT,
    remedy="Set `disableLocalAuth: true` on the account and sign in with Microsoft Entra ID.",
    references=(
        "Azure Policy 71ef260a-8f18-47b7-abcb-62d0673d94dc",
        "Azure Policy 14de9e63-1b31-492e-a5a3-c3f7fd57f555",
        "Azure Policy 55eff01b-f2bd-4c32-9203-db285f709d30",
        "https://learn.microsoft.com/azure/ai-services/disable-local-auth",
    ),
    fix={"properties.disableLocalAuth": True},
)
def key_access_is_off(account: Resource) -> Iterator[str]:
    """An account takes Entra ID tokens alone: key access is off.

    A key opens everything in the account, training data and tuned models included, has no owner
    and no end, and the Activity Log cannot tell who used it. Azure leaves keys on by default.
    """
    if account.at("properties.disableLocalAuth") is not True:
        yield "Keys open this account: `disableLocalAuth` is not true."
