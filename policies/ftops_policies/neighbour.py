"""Resources beside each other: those of a type, and those in or upon another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from ftops_policies.resource import NotKnownError, Resource
from ftops_policies.rule import Remark, unknown

NOBODY: Final = ""
"""The key of what lies in, or stands on, something that is not known yet."""

Said = Callable[[Resource], Iterable[str | Remark]]


def of_type(resources: Iterable[Resource], arm_type: str) -> list[Resource]:
    return [each for each in resources if each.is_a(arm_type)]


def each_of(resources: Iterable[Resource], arm_type: str, say: Said) -> Iterator[Remark]:
    """What is said of each resource of a type, about it; what one does not know stays its own."""
    for resource in of_type(resources, arm_type):
        try:
            for sentence in say(resource):
                remark = sentence if isinstance(sentence, Remark) else Remark(sentence)
                yield replace(remark, about=remark.about or resource)
        except NotKnownError as gap:
            yield unknown(f"{gap.what} is not known until up.", about=resource)


def key_of(resource: Resource) -> str:
    """What a resource is found by among others: type and label, which Azure compares so."""
    return f"{resource.type}/{resource.label}".casefold()


def key_of_id(arm_id: str) -> str:
    """The same for the id of a resource that lies in a resource group."""
    return "/".join(arm_id.split("/")[-3:]).casefold()


def by_parent(resources: Iterable[Resource], arm_type: str) -> Mapping[str, list[Resource]]:
    """Resources of a type by the key of what they lie in."""
    found: dict[str, list[Resource]] = {}
    for each in of_type(resources, arm_type):
        found.setdefault(key_of(each.parent) if each.parent else NOBODY, []).append(each)
    return found


def by_scope(resources: Iterable[Resource], arm_type: str) -> Mapping[str, list[Resource]]:
    """Resources of a type by the key of what they stand on, such as a diagnostic setting's."""
    found: dict[str, list[Resource]] = {}
    for each in of_type(resources, arm_type):
        try:
            key = key_of_id(scope_of(each))
        except NotKnownError:
            key = NOBODY
        found.setdefault(key, []).append(each)
    return found


def scope_of(resource: Resource) -> str:
    """The ARM id of what an assignment, a setting or a lock stands on.

    Its own id tells, or azure-native's input. Raises NotKnownError where neither does.
    """
    if resource.id:
        return resource.id.rpartition("/providers/")[0] or "/"
    told = resource.text("properties.scope") or resource.text("properties.resourceUri")
    if not told:
        raise NotKnownError("What it stands on")
    return told.rstrip("/")


def places(resource: Resource, path: str) -> list[str]:
    """The path of each entry of a list, so that each is read by `at`, which knows gaps."""
    return [f"{path}.{place}" for place in range(resource.count(path))]
