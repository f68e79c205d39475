"""Where a person declared each resource: the line of the stack file that it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftops.assignment import assignments, custom_duties
from ftops.environment import Environment
from ftops.place import Place
from ftops_catalog.arm_id import label
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, RESOURCE_GROUP

if TYPE_CHECKING:
    from ftops.declared.account import Account
    from ftops.declared.part import Part

COGNITIVE = "Microsoft.CognitiveServices/accounts"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
ENDPOINT = "Microsoft.Network/privateEndpoints"
# Types of which an environment has none but those that one key stands for.
NETWORK_TYPES = (
    "Microsoft.Network/virtualNetworks",
    "Microsoft.Network/virtualNetworks/subnets",
    "Microsoft.Network/privateDnsZones",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
)
DIAGNOSTIC_TYPES = (
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.Insights/diagnosticSettings",
)
Key = tuple[str, str]


@dataclass(frozen=True)
class Origin:
    """The places of an environment's resources, by type and label, by type, and by title."""

    places: Mapping[Key, Place]
    titles: Mapping[str, Place]

    def find(self, arm_type: str, arm_id: str, title: str) -> Place | None:
        """The place of a resource; `title` is what the program calls it. None where it has none."""
        return (
            self.places.get((arm_type, label(arm_id).casefold()))
            or self.places.get((arm_type, ""))
            or self.titles.get(title.casefold())
        )


def origin_of(environment: Environment) -> Origin:
    """The places of everything that an environment declares."""
    return Origin(dict(_places(environment)), dict(_titles(environment)))


def _places(environment: Environment) -> Iterator[tuple[Key, Place]]:
    yield (RESOURCE_GROUP, environment.resource_group.casefold()), environment.place
    for identity in environment.identities:
        yield (IDENTITY, identity.name.casefold()), identity.place
    for account in environment.accounts:
        yield (ACCOUNT, account.name.casefold()), account.place
        yield (ENDPOINT, f"pep-{account.name}".casefold()), account.place
        yield from _inside(account)
    yield from _whole(NETWORK_TYPES, environment.network)
    yield from _whole(DIAGNOSTIC_TYPES, environment.diagnostics)
    yield from _whole(("Microsoft.Insights/actionGroups",), environment.action_group)
    yield from _whole(("Microsoft.Consumption/budgets",), environment.budget)


def _inside(account: Account) -> Iterator[tuple[Key, Place]]:
    parts: tuple[tuple[str, tuple[Part, ...]], ...] = (
        (DEPLOYMENT, account.deployments),
        (f"{COGNITIVE}/raiPolicies", account.rai_policies),
        (f"{COGNITIVE}/raiBlocklists", account.rai_blocklists),
        (f"{COGNITIVE}/projects", account.projects),
    )
    for kind, declared in parts:
        for part in declared:
            yield (kind, _below(account.name, part)), part.place
    for blocklist in account.rai_blocklists:
        upper = f"{account.name}/{blocklist.name}"
        for item in blocklist.items:
            yield (
                (f"{COGNITIVE}/raiBlocklists/raiBlocklistItems", _below(upper, item)),
                item.place,
            )


def _below(upper: str, part: Part) -> str:
    return f"{upper}/{getattr(part, 'name', '')}".casefold()


def _whole(kinds: tuple[str, ...], part: Part | None) -> Iterator[tuple[Key, Place]]:
    for kind in kinds:
        if part:
            yield (kind, ""), part.place


def _titles(environment: Environment) -> Iterator[tuple[str, Place]]:
    """Role assignments have GUIDs for names; what the program calls them tells which is which."""
    held = assignments(environment)
    for duty in custom_duties(environment):
        yield f"{duty.name} role", next(each.place for each in held if each.role == duty.name)
    for each in held:
        yield each.title(environment.resource_group), each.place
