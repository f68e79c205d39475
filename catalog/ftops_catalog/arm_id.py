"""What an ARM id says of a resource's place: what it lies in or upon, and its name there."""

from __future__ import annotations

PROVIDERS = "/providers/"


def above(arm_id: str) -> str:
    """The id of the resource that this one lies in (a subnet's network) or upon (a lock's account).

    Empty where there is none: a subscription or a group is a place and no such resource.
    """
    scope, _, own = arm_id.rpartition(PROVIDERS)
    if not scope:
        return ""
    if own.count("/") > len(("type", "name")):
        return arm_id.rsplit("/", 2)[0]
    return scope if PROVIDERS in scope else ""


def label(arm_id: str) -> str:
    """The resource's name below those above it, such as `account/deployment`."""
    name = arm_id.rpartition("/")[2]
    upper = above(arm_id)
    return f"{label(upper)}/{name}" if upper else name
