"""From a path to its type and the things above it, or Azure's words for what is missing."""

from __future__ import annotations

from ftops_sandbox.arm.path import GROUP_TYPE, Target, parse_target
from ftops_sandbox.arm.resource_type import ResourceType, resource_types
from ftops_sandbox.errors import ArmError
from ftops_sandbox.store import Document
from ftops_sandbox.world import World

_MORE = "For more details please go to https://aka.ms/ARMResourceNotFoundFix"


def find_type(target: Target, api_version: str) -> ResourceType:
    """The record of a target's type; 404 in Azure's words for any other."""
    known = resource_types()
    kind = known.get(target.type_name.casefold())
    if kind is not None:
        return kind
    spaces = {record.namespace.casefold(): record for record in known.values()}
    if target.namespace.casefold() not in spaces:
        raise ArmError(
            404,
            "InvalidResourceNamespace",
            f"The resource namespace '{target.namespace}' is invalid.",
        )
    versions = ",".join(spaces[target.namespace.casefold()].api_versions)
    raise ArmError(
        404,
        "InvalidResourceType",
        f"The resource type '{'/'.join(target.types)}' could not be found in the namespace "
        f"'{target.namespace}' for api version '{api_version}'. The supported api-versions are "
        f"'{versions}'.",
    )


def require_scope(world: World, target: Target) -> None:
    """The resource group of a target exists, where it names one; so does what it extends."""
    group = target.group
    top = "/".join(target.scope.split("/")[:5])
    if group and world.store.get(GROUP_TYPE, top) is None:
        raise ArmError(
            404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found."
        )
    extended = parse_target(target.scope) if target.scope != top else None
    if extended is not None and extended.is_resource:
        require_resource(world, extended)


def require_parent(world: World, target: Target, verb: str = "write") -> Document | None:
    """The resource that a target is nested in, None at the top; 404 when it is not there."""
    above = target.parent
    if above is None:
        return None
    parent = world.store.get(_kind(above), above.id)
    if parent is None:
        raise ArmError(
            404,
            "ParentResourceNotFound",
            f"Failed to perform '{verb}' on resource(s) of type "
            f"'{'/'.join(target.types)}', because the parent resource '{above.id}' could not be "
            "found.",
        )
    return parent


def require_resource(world: World, target: Target) -> Document:
    """The resource itself; 404 in the words for its kind."""
    document = world.store.get(_kind(target), target.id)
    if document is not None:
        return document
    if target.type_name.casefold() == GROUP_TYPE.casefold():
        raise ArmError(
            404, "ResourceGroupNotFound", f"Resource group '{target.names[0]}' could not be found."
        )
    where = f" under resource group '{target.group}'" if target.group else ""
    pairs = "/".join(f"{t}/{n}" for t, n in zip(target.types, target.names, strict=True))
    raise ArmError(
        404,
        "ResourceNotFound",
        f"The Resource '{target.namespace}/{pairs}'{where} was not found. {_MORE}",
    )


def _kind(target: Target) -> str:
    record = resource_types().get(target.type_name.casefold())
    return record.name if record else target.type_name
