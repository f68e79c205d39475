"""Whether a lock keeps from deleting, and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.neighbour import each_of, of_type
from ftops_policies.resource import RESOURCE_GROUP, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule

LOCK = "Microsoft.Authorization/locks"


@rule(
    "lock-lets-work-go-on",
    severity="block",
    applies_to=ENVIRONMENT,
    remedy="Use the level CanNotDelete.",
    references=(
        "https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources",
    ),
)
def lock_lets_work_go_on(
    resources: tuple[Resource, ...], *, lock_required: bool = False
) -> Iterator[Remark]:
    """A lock keeps a resource from being deleted, and lets everything else be done.

    ReadOnly refuses each deployment, each change of capacity and each tag, so it is taken away on
    the first busy day and nobody puts it back. With `lock_required`, an environment has a lock;
    a sweeper cannot delete below one, so that is for where nothing is swept.
    """
    locks = of_type(resources, LOCK)

    def say(lock: Resource) -> Iterator[str]:
        level = lock.text("properties.level") or "not set"
        if level.casefold() != "cannotdelete":
            yield f"The lock stops more than deletion: its level is {level}."

    yield from each_of(resources, LOCK, say)
    if lock_required and not locks:
        for group in of_type(resources, RESOURCE_GROUP):
            yield Remark("No lock keeps the environment from being deleted.", about=group)
