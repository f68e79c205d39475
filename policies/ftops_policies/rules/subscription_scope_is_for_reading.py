"""Whether a role that changes things holds beyond the environment."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_catalog import Catalog
from ftops_policies.neighbour import each_of, of_type, scope_of
from ftops_policies.resource import Resource
from ftops_policies.role import ASSIGNMENT, DEFINITION, PRIVILEGED, only_reads, role_guid
from ftops_policies.rule import ENVIRONMENT, Remark, rule, unknown


@rule(
    "subscription-scope-is-for-reading",
    severity="block",
    applies_to=ENVIRONMENT,
    remedy="Assign the role at the account or the resource group.",
    references=(
        "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
        "https://learn.microsoft.com/azure/role-based-access-control/scope-overview",
    ),
)
def subscription_scope_is_for_reading(
    resources: tuple[Resource, ...],
    *,
    catalog: Catalog,
    reading_roles: tuple[str, ...] = (
        "Reader",
        "Monitoring Reader",
        "Cognitive Services Usages Reader",
    ),
) -> Iterator[Remark]:
    """At the subscription or above, only roles are assigned that read and see no data.

    What is assigned there holds for every environment of the subscription, prod included, and
    for those that come later. A custom role counts as reading when all its actions do and it has
    no data action; one that is defined elsewhere is unknown.
    """
    builtin = {each.id.casefold(): each.name for each in catalog.roles} | PRIVILEGED
    reading = {each.casefold() for each in reading_roles}
    custom = {each.name.casefold(): each for each in of_type(resources, DEFINITION)}

    def say(assignment: Resource) -> Iterator[str | Remark]:
        scope = scope_of(assignment)
        if "/resourcegroups/" in f"{scope.casefold()}/":
            return
        guid = role_guid(assignment)
        name = builtin.get(guid)
        if guid in reading or (name and name.casefold() in reading):
            return
        if name is None and guid not in custom:
            yield unknown(f"What the role {guid} may do is not known here.")
        elif name or not only_reads(custom[guid]):
            yield f"The role {name or guid} holds for all of {scope}."

    yield from each_of(resources, ASSIGNMENT, say)
