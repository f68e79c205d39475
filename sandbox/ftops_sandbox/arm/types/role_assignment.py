"""Role assignments at any scope: they hold there and below."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping

from ftops_sandbox.access import ASSIGNMENT, definition_id, find_role, hold, let_go
from ftops_sandbox.arm.resource_type import Body, Kept, ResourceType, View, Write
from ftops_sandbox.arm.types.role_definition import require_guid
from ftops_sandbox.bearer import Caller
from ftops_sandbox.errors import ArmError
from ftops_sandbox.moment import iso
from ftops_sandbox.role import READER
from ftops_sandbox.store import Document
from ftops_sandbox.world import NOTES, World

_PRINCIPAL = re.compile(r"(?:principalId eq|assignedTo\()\s*'([^']*)'", re.IGNORECASE)


def check(write: Write) -> Kept:
    """A GUID, a role that exists, a principal; each three of them once."""
    require_guid(write.name, "role assignment")
    properties = write.body.get("properties") or {}
    role = str(properties.get("roleDefinitionId") or "").rpartition("/")[2]
    if find_role(write.world, role) is None:
        raise ArmError(
            400,
            "RoleDefinitionDoesNotExist",
            f"The specified role definition with ID '{role}' does not exist.",
        )
    principal = str(properties.get("principalId") or "")
    require_guid(principal, "principal")
    kept = {"role": role.casefold(), "principal": principal.casefold()}
    if write.before is not None:
        _require_same(write.before, kept)
    for other in write.world.store.list(ASSIGNMENT, write.parent):
        if other.key.casefold() != write.id.casefold() and _facts(other) == kept:
            raise ArmError(409, "RoleAssignmentExists", "The role assignment already exists.")
    return Kept()


def show(view: View) -> Body:
    """Where it holds, who made it and when."""
    document = view.document
    system = document.body[NOTES]["system"]
    sent = document.body["properties"]
    return {
        "properties": {
            "scope": document.key[: -len(f"/providers/{ASSIGNMENT}/") - len(_name(document))],
            "principalType": sent.get("principalType") or "ServicePrincipal",
            "createdOn": iso(document.created),
            "updatedOn": system.get("lastModifiedAt") or iso(document.created),
            "createdBy": system.get("createdBy") or "",
            "updatedBy": system.get("lastModifiedBy") or "",
        }
    }


def find(world: World, scope: str, query: Mapping[str, str]) -> list[Document]:
    """At the scope, above it, and below it unless `atScope()`; `principalId eq` narrows it."""
    expression = query.get("$filter", "")
    match = _PRINCIPAL.search(expression)
    here = scope.casefold().rstrip("/") + "/"
    found = []
    for one in world.store.list(ASSIGNMENT):
        there = one.parent.rstrip("/") + "/"
        below = "atscope()" not in expression.casefold() and there.startswith(here)
        mine = match is None or _facts(one)["principal"] == match[1].casefold()
        if mine and (here.startswith(there) or below):
            found.append(one)
    return found


def written(world: World, document: Document, _before: Document | None) -> None:
    """It counts from now on."""
    facts = _facts(document)
    hold(world, document.key, document.parent, facts["principal"], facts["role"])


def removed(world: World, document: Document, _caller: Caller) -> None:
    """It counts no longer."""
    let_go(world, document.key)


def _facts(document: Document) -> dict[str, str]:
    properties = document.body["properties"]
    role = str(properties["roleDefinitionId"]).rpartition("/")[2]
    return {"role": role.casefold(), "principal": str(properties["principalId"]).casefold()}


def _name(document: Document) -> str:
    return document.key.rpartition("/")[2]


def _require_same(before: Document, kept: Mapping[str, str]) -> None:
    if _facts(before) != kept:
        raise ArmError(
            400,
            "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        )


TYPE = ResourceType(
    name=ASSIGNMENT,
    api_versions=("2018-01-01-preview", "2020-04-01-preview", "2022-04-01"),
    example={
        "properties": {
            "roleDefinitionId": definition_id(READER.id),
            "principalId": "99999999-9999-9999-9999-999999999999",
            "principalType": "ServicePrincipal",
        }
    },
    scope="any",
    shows_stamps=False,
    shows_state=False,
    methods=frozenset({"PUT", "DELETE"}),
    spell=lambda word: str(uuid.uuid5(uuid.NAMESPACE_OID, word)),
    check=check,
    show=show,
    find=find,
    written=written,
    removed=removed,
)
