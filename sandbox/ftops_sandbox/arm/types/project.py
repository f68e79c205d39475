"""Foundry projects: they live in accounts of kind AIServices that allow them."""

from __future__ import annotations

from ftops_sandbox.arm.render import show as render
from ftops_sandbox.arm.resource_type import Body, Kept, ResourceType, View, Write, resource_types
from ftops_sandbox.arm.versions import COGNITIVE_2025
from ftops_sandbox.errors import ArmError
from ftops_sandbox.identity import show_identity
from ftops_sandbox.world import ACCOUNT

_NAME = f"{ACCOUNT}/projects"


def check(write: Write) -> Kept:
    """Refuses a parent that holds no projects."""
    account = write.world.account(write.parent)
    assert account is not None, "the engine has looked for the parent"
    allowed = (account.body.get("properties") or {}).get("allowProjectManagement") is True
    if account.body["kind"] != "AIServices" or not allowed:
        raise ArmError(
            400,
            "BadRequest",
            "Project can only be created under AIServices Kind account with "
            "allowProjectManagement set to true.",
        )
    return Kept()


def show(view: View) -> Body:
    """The account's endpoints, whether it was the first, and who it is."""
    world, document = view.world, view.document
    account = world.account(document.parent)
    assert account is not None, "a project goes with its account"
    above = render(resource_types()[ACCOUNT.casefold()], world, account, view.base_url)
    siblings = sorted(world.store.list(_NAME, document.parent), key=lambda one: one.created)
    computed: Body = {
        "properties": {
            "endpoints": above["properties"]["endpoints"],
            "isDefault": [one.key for one in siblings[:1]] == [document.key],
        }
    }
    return computed | show_identity(world, document)


TYPE = ResourceType(
    name=_NAME,
    api_versions=COGNITIVE_2025,
    example={
        "location": "eastus2",
        "identity": {"type": "SystemAssigned"},
        "properties": {"displayName": "Example", "description": "An example."},
    },
    parent_example={
        "location": "eastus2",
        "kind": "AIServices",
        "sku": {"name": "S0"},
        "identity": {"type": "SystemAssigned"},
        "properties": {"allowProjectManagement": True},
    },
    tracked=True,
    create_s=0.5,
    delete_s=0.2,
    check=check,
    show=show,
)
