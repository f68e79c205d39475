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
# An environment's network has zones of its own, whatever they are called.
ZONE_TYPES = (
    "Microsoft.Network/privateDnsZones",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
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
    yield from _of_network(environment)
    yield from _watched(environment)


def _of_network(environment: Environment) -> Iterator[tuple[Key, Place]]:
    network, name = environment.network, environment.called("vnet")
    if network is None:
        return
    yield ("Microsoft.Network/virtualNetworks", name), network.place
    subnet = f"{name}/{environment.called('snet')}"
    yield ("Microsoft.Network/virtualNetworks/subnets", subnet), network.place
    for kind in ZONE_TYPES:
        yield (kind, ""), network.place


def _watched(environment: Environment) -> Iterator[tuple[Key, Place]]:
    parts = (
        ("Microsoft.OperationalInsights/workspaces", "log", environment.diagnostics),
        ("Microsoft.Insights/actionGroups", "ag", environment.action_group),
        ("Microsoft.Consumption/budgets", "budget", environment.budget),
    )
    for kind, stem, part in parts:
        if part:
            yield (kind, environment.called(stem)), part.place
    for account in environment.accounts:
        if environment.diagnostics:
            name = f"{account.name}/ftops".casefold()
            yield ("Microsoft.Insights/diagnosticSettings", name), environment.diagnostics.place


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


def _titles(environment: Environment) -> Iterator[tuple[str, Place]]:
    """Role assignments have GUIDs for names; what the program calls them tells which is which."""
    held = assignments(environment)
    for duty in custom_duties(environment):
        yield f"{duty.name} role", next(each.place for each in held if each.role == duty.name)
    for each in held:
        yield each.title(environment.resource_group), each.place
