"""What of that which exists the project's stack files declare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ftops.audit import Existing
from ftops.engine.recall import recall_resources
from ftops.stack_file import list_environments
from ftops_catalog.errors import FtopsError
from ftops_policies import Resource
from ftops_policies.deployment import is_tuned
from ftops_policies.resource import ACCOUNT, DEPLOYMENT


def mark_declared(existing: Existing, root: Path) -> Existing:
    """The same, each tuned deployment that Pulumi is said to manage told to be declared or not.

    It is neither in an account that no stack file declares, which may be another project's, and
    where one of the stack files cannot be read. No program is run where there is nothing to tell.
    """
    managed = {each.id for each in existing.resources if _is_managed(each)}
    if not managed:
        return existing
    try:
        listed = [each for name in list_environments(root) for each in recall_resources(name, root)]
    except FtopsError:
        return existing
    accounts, deployments = _labels(listed, ACCOUNT), _labels(listed, DEPLOYMENT)

    def told(each: Resource) -> Resource:
        ours = each.parent is not None and each.parent.label.casefold() in accounts
        if each.id not in managed or not ours:
            return each
        return replace(each, declared=each.label.casefold() in deployments)

    return replace(existing, resources=tuple(map(told, existing.resources)))


def _is_managed(each: Resource) -> bool:
    by = (each.tag("managed-by") or "").casefold()
    return each.is_a(DEPLOYMENT) and by == "pulumi" and is_tuned(each)


def _labels(listed: Iterable[Resource], arm_type: str) -> set[str]:
    return {each.label.casefold() for each in listed if each.is_a(arm_type)}
